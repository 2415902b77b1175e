import { describe, expect, it } from "vitest";
import { axisText, rangeOf, ticksOf } from "../src/evaluate/axis";
import { type Curve, decisionsOf, usual } from "../src/evaluate/thresholds";
import { heldOut } from "../src/rows/parts";

/** Scores 0.9 yes, 0.8 no, 0.6 yes, 0.4 yes, 0.1 no: by hand. */
const curve = {
  roc: [
    { threshold: null, false_positive_rate: 0, true_positive_rate: 0 },
    { threshold: 0.9, false_positive_rate: 0, true_positive_rate: 1 / 3 },
    { threshold: 0.8, false_positive_rate: 1 / 2, true_positive_rate: 1 / 3 },
    { threshold: 0.6, false_positive_rate: 1 / 2, true_positive_rate: 2 / 3 },
    { threshold: 0.4, false_positive_rate: 1 / 2, true_positive_rate: 1 },
    { threshold: 0.1, false_positive_rate: 1, true_positive_rate: 1 },
  ],
} as Curve;

describe("decisionsOf", () => {
  const decisions = decisionsOf(curve, 3, 5);

  it("counts the rows on either side of a threshold", () => {
    expect(decisions[3]).toMatchObject({
      truePositives: 2,
      falsePositives: 1,
      falseNegatives: 1,
      trueNegatives: 1,
      precision: 2 / 3,
      recall: 2 / 3,
      accuracy: 3 / 5,
    });
    expect(decisions[3]?.f1).toBeCloseTo(2 / 3, 12);
  });

  it("has no precision where no row is taken for the class", () => {
    expect(decisions[0]).toMatchObject({ precision: null, recall: 0, f1: 0, accuracy: 2 / 5 });
  });

  it("takes every row at the lowest threshold", () => {
    expect(decisions[5]).toMatchObject({ truePositives: 3, falsePositives: 2, precision: 3 / 5, recall: 1 });
  });

  it("begins with the rows that score at least one half, or at least zero where scores are no probabilities", () => {
    expect(decisions[usual(decisions, true)]?.threshold).toBe(0.6);
    expect(decisions[usual(decisions, false)]?.threshold).toBe(0.1);
    expect(usual([], true)).toBe(0);
    expect(decisions[usual(decisions, true, 0.09)]?.threshold).toBe(0.1);
  });
});

describe("heldOut", () => {
  const test = { name: "test", rows: 3 } as const;
  const validation = { name: "validation", rows: 4 } as const;
  const training = { name: "training", rows: 9 } as const;

  it("is the test part, or else the validation part, and never that of the training", () => {
    expect(heldOut([test, validation, training])).toBe(test);
    expect(heldOut([validation, training])).toBe(validation);
    expect(heldOut([training])).toBeNull();
  });
});

describe("an axis", () => {
  it("goes from 0 to 1 where all numbers are shares", () => {
    expect(rangeOf([0.2, 0.9])).toEqual([0, 1]);
    expect(rangeOf([])).toEqual([0, 1]);
  });

  it("goes a little beyond other numbers, also beyond a single one", () => {
    expect(rangeOf([100, 200])).toEqual([96, 204]);
    expect(rangeOf([5, 5])).toEqual([4.5, 5.5]);
  });

  it("has about five round numbers", () => {
    expect(ticksOf([0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticksOf([96, 204])).toEqual([100, 150, 200]);
    expect(ticksOf([-1.2, 3.4])).toEqual([-1, 0, 1, 2, 3]);
  });
});

it("large numbers on an axis are written short", () => {
  expect([0.2, 12_000, 200_000, 1e6, -2.5e6].map(axisText)).toEqual(["0.2", "12000", "200K", "1M", "−2.5M"]);
});
