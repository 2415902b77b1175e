import { h, render } from "preact";
import { act } from "preact/test-utils";
import { describe, expect, it } from "vitest";
import { Edges } from "../src/inside/Edges";
import { placesOf } from "../src/inside/places";
import type { Stage } from "../src/inside/stages";
import "../src/texts/inside";

const places = placesOf([2, 2], 44);
const stageOf = (weights: number[][]) => ({ name: "dense_1", units: 2, weights, biases: [] }) as unknown as Stage;

function drawn(place: Element, weights: number[][]) {
  act(() => render(h(Edges, { stage: stageOf(weights), at: 1, places, lit: true, chosen: null }), place));
  return [...place.querySelectorAll("path")];
}

const looks = (lines: Element[]) =>
  lines.map((line) => [line.getAttribute("class"), line.getAttribute("stroke-width")]);

describe("the lines of a drawing", () => {
  it("are as wide as their weights are large, in the colour of the sign", () => {
    const lines = drawn(document.createElement("div"), [
      [2, -1],
      [0, 0.5],
    ]);
    expect(looks(lines)).toEqual([
      ["positive", "5.50"],
      ["negative", "3.00"],
      ["positive", "0.50"],
      ["positive", "1.75"],
    ]);
  });

  it("are left alone while their weights move by less than can be seen", async () => {
    const place = document.createElement("div");
    const before = drawn(place, [
      [2, -1],
      [0, 0.5],
    ]);
    const changes: MutationRecord[] = [];
    const watching = new MutationObserver((records) => changes.push(...records));
    watching.observe(place, { attributes: true, childList: true, subtree: true });
    expect(
      drawn(place, [
        [2, -1.01],
        [0.01, 0.8],
      ]),
    ).toEqual(before);
    changes.push(...watching.takeRecords());
    expect(new Set(changes.map(({ target }) => target))).toEqual(new Set([before[3]]));
    expect(before[3]!.getAttribute("stroke-width")).toBe("2.53");
  });

  it("say their weights where they are pointed at, also while these move", () => {
    const place = document.createElement("div");
    document.body.append(place);
    const [, second] = drawn(place, [
      [2, -1],
      [0, 0.5],
    ]);
    const says = () => place.querySelector("title")!.textContent;
    expect(says()).toBe("");
    second!.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    expect(says()).toMatch(/= -1$/);
    drawn(place, [
      [2, -1.01],
      [0, 0.5],
    ]);
    expect(says()).toMatch(/= -1.01$/);
    place.remove();
  });
});
