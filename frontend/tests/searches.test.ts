import { describe, expect, it } from "vitest";
import { Problem } from "../src/api/problem";
import type { Search } from "../src/api/searches";
import type { Trial } from "../src/api/types";
import { searchOf, usualChoices } from "../src/searches/begin";
import { parameterName, written } from "../src/searches/space";
import { judgedOf, teachersOf, warmFaults } from "../src/searches/warm";
import "../src/texts/searches";
import {
  bestSoFar,
  byValue,
  clamped,
  type Done,
  doneOf,
  endedOf,
  logTicks,
  placeOn,
  ranked,
  rungLines,
  startOf,
} from "../src/searches/trials";

describe("a search of a table", () => {
  const usual = usualChoices("birds@2", "body mass");

  it("leaves to the service what is not chosen", () =>
    expect(searchOf("birds@2", "body mass", usual)).toEqual({
      name: usual.name,
      dataset: "birds@2",
      target: "body mass",
      limits: { trials: 40, parallel: 2, patience: 20 },
    }));

  it("has a name that the service takes, whatever the column is called", () => {
    expect(usual.name).toMatch(/^birds-body-mass-\w{4}$/);
    expect(usualChoices("표", "가격 (원)").name).toMatch(/^[\w.-]+$/);
    expect(usualChoices("a", "b".repeat(200)).name.length).toBeLessThanOrEqual(100);
  });

  it("says what is chosen, and leaves out a limit that there shall not be", () =>
    expect(
      searchOf("d", "y", { ...usual, sampler: "sobol", pruner: "none", metric: "val_f1", folds: 3, patience: null }),
    ).toMatchObject({
      sampler: "sobol",
      pruner: "none",
      objective: { metric: "val_f1" },
      folds: 3,
      limits: { trials: 40, parallel: 2 },
    }));
});

describe("a warm start", () => {
  const usual = usualChoices("birds", "mass");
  const none = {
    waiting: 0,
    queued: 0,
    running: 0,
    paused: 0,
    succeeded: 0,
    pruned: 0,
    diverged: 0,
    failed: 0,
    cancelled: 0,
  };
  const search = (name: string, target: unknown, counts: object) =>
    ({ name, network: { target }, counts: { ...none, ...counts } }) as unknown as Search;

  it("is sent to a sampler that may learn from it, and to no other", () => {
    expect(searchOf("birds", "mass", { ...usual, warm: ["a", "b"] })).toMatchObject({ warm_start: ["a", "b"] });
    expect(searchOf("birds", "mass", { ...usual, sampler: "tpe", warm: ["a"] })).toMatchObject({ warm_start: ["a"] });
    expect(searchOf("birds", "mass", { ...usual, sampler: "sobol", warm: ["a"] })).not.toHaveProperty("warm_start");
    expect(searchOf("birds", "mass", usual)).not.toHaveProperty("warm_start");
  });

  it("is offered of searches of the same target that have judged a trial", () => {
    const all = [
      search("one", "mass", { succeeded: 2, pruned: 3, diverged: 1, cancelled: 9 }),
      search("object", { name: "mass", type: "number" }, { pruned: 1 }),
      search("other", "wing", { succeeded: 2 }),
      search("young", "mass", { running: 2, failed: 1 }),
    ];
    expect(teachersOf(all, "mass").map(({ name }) => name)).toEqual(["one", "object"]);
    expect(judgedOf(all[0] as Search)).toBe(6);
  });

  it("says which search does not fit", () => {
    const faults = [
      { pointer: "#/warm_start/1", detail: "has another objective" },
      { pointer: "#/name", detail: "is taken" },
    ];
    expect(warmFaults(new Problem("invalid", 422, "", "", faults), ["a", "b"])).toEqual(["b: has another objective"]);
    const whole = [{ pointer: "#/warm_start", detail: "needs the sampler tpe" }];
    expect(warmFaults(new Problem("invalid", 422, "", "", whole), ["a"])).toEqual(["needs the sampler tpe"]);
    expect(warmFaults(null, ["a"])).toEqual([]);
  });
});

describe("values of parameters", () => {
  it("are read as words: layers by their units and rates", () => {
    const layers = [
      { type: "dense", units: 64 },
      { type: "dropout", drop_rate: 0.3 },
      { type: "batch_norm" },
      { type: "dense", units: 3 },
    ];
    expect(written(layers)).toBe("64 → drop 0.3 → batch_norm → 3");
    expect([written(0.00012345), written("full"), written(undefined), written({ a: 1 })]).toEqual([
      "0.0001234",
      "full",
      "–",
      '{"a":1}',
    ]);
    expect(parameterName("/training/optimizer/learning_rate")).toBe("optimizer.learning_rate");
  });

  it("stand on a logarithmic axis at round numbers", () => {
    expect(logTicks({ low: 1e-4, high: 0.03 }).map(({ text }) => text)).toEqual(["1e-4", "0.001", "0.01"]);
    expect(logTicks({ low: 16, high: 256 }).map(({ text }) => text)).toEqual(["20", "50", "100", "200"]);
  });
});

describe("trials", () => {
  const trials = [3, null, 1, 2, 1].map((value, at) => ({ trial: at + 1, value }) as Trial);

  it("become better one after the other", () => {
    expect(bestSoFar(doneOf(trials), "minimize")).toEqual([
      [1, 3],
      [3, 3],
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    expect(bestSoFar(doneOf(trials), "maximize").map(([, best]) => best)).toEqual([3, 3, 3, 3]);
  });

  it("have ended however they ended", () => {
    const counts = { waiting: 1, queued: 2, running: 4, paused: 8, succeeded: 16, pruned: 32, diverged: 64 };
    expect(endedOf({ counts: { ...counts, failed: 128, cancelled: 256 } })).toBe(16 + 32 + 64 + 128 + 256);
  });

  it("are ranked by their value, equal ones in order", () => {
    expect(ranked(doneOf(trials), "minimize").map(({ trial }) => trial)).toEqual([3, 5, 4, 1]);
    expect(ranked(doneOf(trials), "maximize").map(({ trial }) => trial)[0]).toBe(1);
  });

  it("are worth what they were at their last rung until they end", () => {
    const paused = { trial: 1, value: null, rungs: [{ rung: 0, epoch: 4, value: 0.5 }] } as unknown as Trial;
    const going = { trial: 2, value: null, rungs: [{ rung: 0, epoch: 4, value: null }] } as unknown as Trial;
    expect(doneOf([paused, going]).map(({ value }) => value)).toEqual([0.5]);
  });

  it("that are far worse than the rest are drawn at the edge", () => {
    const done = [1, 2, 3, 900].map((value, at) => ({ trial: at, value }) as Done);
    expect(clamped(done, "minimize")).toEqual({ values: [1, 2, 3, 9], beyond: 1 });
    const scores = [0.9, 0.8, 0.7, -50].map((value, at) => ({ trial: at, value }) as Done);
    expect(clamped(scores, "maximize").beyond).toBe(1);
    expect(clamped(done.slice(0, 1), "minimize")).toEqual({ values: [1], beyond: 0 });
  });

  it("of one value of a parameter are taken together, the best value first", () => {
    const done = (
      [
        ["a", 3],
        ["b", 1],
        ["a", 2],
        ["b", 4],
        ["b", 2],
      ] as const
    ).map(([parameter, value], at) => ({ trial: at, value, parameters: { "/p": parameter } }) as unknown as Done);
    expect(byValue(done, "/p", "minimize")).toEqual([
      { value: "b", count: 3, best: 1, median: 2 },
      { value: "a", count: 2, best: 2, median: 2.5 },
    ]);
    expect(byValue(done, "/p", "maximize").map(({ best }) => best)).toEqual([4, 3]);
  });

  it("have a line through their rungs, the last one at the end of the training", () => {
    const rungs = [
      { rung: 0, epoch: 4, value: 0.5 },
      { rung: 1, epoch: null, value: null },
    ];
    const search = { training: { epochs: 30 } } as unknown as Search;
    expect(
      rungLines(search, [
        { trial: 1, value: 0.2, rungs },
        { trial: 2, value: null, rungs },
      ] as unknown as Trial[]),
    ).toEqual([
      {
        trial: 1,
        points: [
          [4, 0.5],
          [30, 0.2],
        ],
      },
      { trial: 2, points: [[4, 0.5]] },
    ]);
  });

  it("of one's own begin where the best one is", () => {
    const search = { parameters: { "/a": {}, "/b": {} }, best: { parameters: { "/a": 3 } } } as unknown as Search;
    expect(startOf(search)).toEqual({ "/a": 3, "/b": null });
  });

  it("stand on each axis where their parameter does", () => {
    expect(placeOn({ low: 1, high: 100, scale: "log" }, 10)).toBeCloseTo(0.5);
    expect(placeOn({ low: 0, high: 4 }, 1)).toBe(0.25);
    expect(placeOn({ values: [16, 32, "full"] }, "full")).toBe(1);
    expect(placeOn({ values: [16] }, 16)).toBe(0.5);
    expect(placeOn({ low: 0, high: 1 }, undefined)).toBeNull();
  });
});
