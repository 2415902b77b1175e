import { describe, expect, it } from "vitest";
import { fillsOf, inputSizes } from "../src/inside/fills";
import { tableOf } from "../src/inside/forward";
import { byClass, numberScale, ofClass, ofNumber } from "../src/inside/landscape";
import { scaleOf, shareOf, tint } from "../src/inside/scale";
import { stagesOf } from "../src/inside/stages";
import { CELLS } from "../src/inside/surface";
import { classColour, classOf, outputNames, targetName } from "../src/parts/classes";
import { layersOf, worked } from "./textbook";

const across = (values: readonly number[][]) =>
  tableOf(Array.from({ length: CELLS * CELLS }, (_, index) => values[index] ?? values[0]!));

describe("a number becomes a colour by its activation alone", () => {
  it.each([
    ["sigmoid", 0.5, 0],
    ["sigmoid", 0, -1],
    ["sigmoid", 0.75, 0.5],
    ["hard_sigmoid", 1, 1],
    ["tanh", -0.3, -0.3],
    ["softmax", 0.25, 0.25],
    ["relu", 0, 0],
    ["relu", 3, 0.75],
    ["linear", -1, -0.5],
  ])("%s at %s", (activation, value, share) => expect(shareOf(scaleOf(activation), value)).toBe(share));

  it("mixed from the paper towards orange or blue", () => {
    expect(tint(0)).toBe("color-mix(in oklab, var(--positive) 0.0%, var(--paper))");
    expect(tint(-0.5)).toBe("color-mix(in oklab, var(--negative) 50.0%, var(--paper))");
    expect(tint(7, "class-3")).toBe("color-mix(in oklab, var(--class-3) 100.0%, var(--paper))");
  });
});

describe("the fills of a drawing", () => {
  const stages = stagesOf(2, layersOf(worked.xor).layers);

  it("do not depend on what else is in the layer", () => {
    const [, hidden, outputs] = fillsOf(stages, [
      [0, 1],
      [0.5, 0.00004, 1],
      [0.25, 0.75],
    ]);
    expect(hidden).toEqual([tint(0), tint(2 * 0.00004 - 1), tint(1)]);
    expect(outputs).toEqual([tint(0.25, "class-1"), tint(0.75, "class-2")]);
  });

  it("measure an input by the largest of its column, and derivatives by the largest among them", () => {
    const sizes = inputSizes([{ inputs: [4000, -2] }, { inputs: [1000, 1] }]);
    expect(sizes).toEqual([4000, 2]);
    expect(fillsOf(stages, [[1000, -2]], sizes)[0]).toEqual([tint(0.25), tint(-1)]);
    expect(fillsOf(stages, [null, null, [0.02, -0.01]], [], new Set([2]))[2]).toEqual([tint(1), tint(-0.5)]);
  });

  it("leave a number that is none uncoloured", () =>
    expect(fillsOf(stages, [null, [NaN, 0, 0], null])[1]![0]).toBe("var(--raised)"));
});

describe("a plane", () => {
  it("has at each point the colour of the likeliest class, and no strength where two are equal", () => {
    const { shares, positive } = byClass(
      across([
        [0.2, 0.7, 0.1],
        [0.5, 0.5, 0],
        [0.1, 0.2, 0.7],
      ]),
    );
    expect([...shares.slice(0, 3)].map((share) => Number(share.toFixed(9)))).toEqual([0.5, 0, 0.5]);
    expect([0, 2].map(positive)).toEqual(["class-2", "class-3"]);
  });

  it("shows one class against the others", () =>
    expect([
      ...ofClass(
        across([
          [0.5, 0.5],
          [0.75, 0.25],
        ]),
        0,
      ).shares.slice(0, 2),
    ]).toEqual([0, 0.5]));

  it("of a sigmoid is undecided at 0.5, of a number in the middle of its targets", () => {
    expect([...ofNumber(across([[0], [0.5], [1]]), 0, "half", []).shares.slice(0, 3)]).toEqual([-1, 0, 1]);
    const open = ofNumber(across([[10], [15], [20]]), 0, "open", [10, 20]);
    expect([[...open.shares.slice(0, 3)], open.middle]).toEqual([[-1, 0, 1], "15"]);
    expect(numberScale("open", [3, 3])).toEqual([0, 3]);
    expect(numberScale("open", [])).toEqual([0, 1]);
  });
});

describe("classes", () => {
  it("are found in targets of one output and of several", () => {
    expect([classOf([0.2], 2), classOf([1], 2), classOf([3.5], 0)]).toEqual([0, 1, null]);
    expect([classOf([0, 0, 1], 3), classOf([1, 0, 1], 3), classOf([0, 1], 3)]).toEqual([2, null, null]);
  });

  it("name rows and outputs", () => {
    expect(targetName([1], ["dislike", "like"])).toBe("like");
    expect(targetName([1, 0], ["different", "same"])).toBe("different");
    expect(targetName([2.5, 1], null)).toBe("2.5, 1");
    expect(outputNames(1, ["no", "yes"])).toEqual(["yes"]);
    expect(outputNames(3, null)).toEqual([]);
  });

  it("have a colour each, the first two those of below and above", () =>
    expect([0, 1, 9, 10].map(classColour)).toEqual(["class-1", "class-2", "class-10", "class-1"]));
});
