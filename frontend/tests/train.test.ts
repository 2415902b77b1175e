import { describe, expect, it } from "vitest";
import type { Dataset } from "../src/api/datasets";
import { askedOptions } from "../src/api/options";
import type { Job, Network } from "../src/api/types";
import { widths } from "../src/home/NetworkRow";
import { fieldsOf } from "../src/predict/fields";
import { fitting, useful } from "../src/train/options";

const none = { kind: "none" } as const;

describe("the options of a cross-validation", () => {
  const options = {
    epochs: 9,
    validation: { fraction: 0.1 },
    threshold: { metric: "f1" },
    calibrate: true,
    snapshots: { best: true },
    start_from: "latest",
    early_stopping: { patience: 3 },
  };

  it("have nothing that folds have no use for", () =>
    expect(fitting({ ...options, folds: { count: 5 } }, none)).toEqual({
      epochs: 9,
      early_stopping: { patience: 3 },
      folds: { count: 5 },
    }));

  it("have all of it again without folds", () => expect(fitting(options, none)).toEqual(options));

  it("are asked for only where they count", () => {
    expect(useful(["early_stopping", "snapshots"], { folds: 3 })).toEqual(["early_stopping"]);
    expect(useful(["early_stopping", "snapshots"], {})).toEqual(["early_stopping", "snapshots"]);
  });
});

it("a job is asked for again with its threshold, its calibration and its weights of rows", () => {
  const threshold = { metric: "f1", positive: "yes", min_precision: null };
  const options = { training: { epochs: 3 }, threshold, calibrate: true, sample_weight: "weight" };
  expect(askedOptions({ options, max_seconds: null } as unknown as Job)).toEqual({
    epochs: 3,
    threshold: { metric: "f1", positive: "yes" },
    calibrate: true,
    sample_weight: "weight",
  });
  const own = { ...options, sample_weight: [1, 2] };
  expect(askedOptions({ options: own, max_seconds: null } as unknown as Job)).not.toHaveProperty("sample_weight");
});

it("the structure of an ensemble is that of one member", () => {
  const shape = (outputs: number) => ({ type: "dense", inputs: 2, outputs });
  const network = { inputs: 2, layers: [{}, {}], members: 2, shapes: [4, 1, 4, 1].map(shape) };
  expect(widths(network as unknown as Network)).toEqual([2, 4, 1]);
  expect(widths({ ...network, members: 1, shapes: network.shapes.slice(0, 2) } as unknown as Network)).toEqual([
    2, 4, 1,
  ]);
});

it("a row to predict begins with usual values: a rounded median, and the latest date without a time", () => {
  const columns = [
    { name: "amount", type: "number" },
    { name: "day", type: "time" },
    { name: "at", type: "time" },
  ];
  const network = { table: { inputs: columns, target: { name: "y", type: "number" } } } as unknown as Network;
  const profiles = [
    { type: "number", profile: { min: 0, max: 100, quantiles: { "50": 31.009999999999998 } } },
    { type: "time", read_as: { precision: "day" }, profile: { max: "2024-11-30T00:00:00Z" } },
    { type: "time", profile: { max: "2024-11-30T12:34:56Z" } },
  ];
  const dataset = {
    columns: profiles.map((each, at) => ({ ...each, name: columns[at]!.name })),
  } as unknown as Dataset;
  expect(fieldsOf(network, null, dataset).map(({ start, isDay }) => [start, isDay])).toEqual([
    [31.01, false],
    ["2024-11-30", true],
    ["2024-11-30T12:34", false],
  ]);
});
