import { describe, expect, it } from "vitest";
import type { Version } from "../src/api/types";
import { leavesOf } from "../src/versions/differences";
import { usualPair } from "../src/versions/references";

describe("leavesOf", () => {
  it("names a value by its place, counted from 1 in lists", () => {
    expect(leavesOf([{ path: "/layers/1/units", from: 4, to: 8 }])).toEqual([
      { place: "layers › 2 › units", from: 4, to: 8 },
    ]);
  });

  it("takes apart what stands on one side alone, without what is null", () => {
    const to = { training: { epochs: 40, clipping: null }, snapshots: { best: true } };
    expect(leavesOf([{ path: "", from: null, to }])).toEqual([
      { place: "training › epochs", from: undefined, to: 40 },
      { place: "snapshots › best", from: undefined, to: true },
    ]);
  });

  it("takes apart lists of objects, and leaves other lists whole", () => {
    const [from, to] = [[{ name: "a", fill: 1 }], [{ name: "a", fill: 2, knots: [1, 2] }]];
    expect(leavesOf([{ path: "/inputs", from, to }])).toEqual([
      { place: "inputs › 1 › fill", from: 1, to: 2 },
      { place: "inputs › 1 › knots", from: undefined, to: [1, 2] },
    ]);
  });

  it("keeps an object that takes the place of a plain value", () => {
    const to = { type: "huber" };
    expect(leavesOf([{ path: "/loss", from: "mse", to }])).toEqual([{ place: "loss", from: "mse", to }]);
  });
});

describe("usualPair", () => {
  const version = (number: number) => ({ version: number }) as Version;

  it("is of the two newest versions, and else of the first and the newest weights", () => {
    expect(usualPair([version(3), version(2), version(1)])).toEqual({ from: "2", to: "3" });
    expect(usualPair([version(1)])).toEqual({ from: "initial", to: "latest" });
  });
});
