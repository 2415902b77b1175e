import { describe, expect, it } from "vitest";
import { type Frame, numbersOf, type Tensor } from "../src/api/frames";
import type { Job, Network, Snapshot, Weights } from "../src/api/types";
import { tensorsOf } from "../src/inside/model";
import { strideOf } from "../src/inside/useSnapshots";
import {
  canGoOn,
  changed,
  choicesWith,
  nextName,
  optionsOf,
  RATES,
  settingsOf,
  withActivation,
} from "../src/live/changes";
import { appended, framed, MOST_FRAMES } from "../src/live/frames";
import { PACES, pacesWith, watchable } from "../src/live/pace";
import { epochAt, placeOf, type Stop, stopsOf } from "../src/live/stops";
import { paceOf } from "../src/live/useReplay";

const frame = (epoch: number, ...numbers: number[]): Frame => ({
  epoch,
  loss: 1 / epoch,
  numbers: Float32Array.from(numbers),
});
const snapshot = (epoch: number, loss: number | null = null) => ({ id: `snap_${epoch}`, epoch, loss }) as Snapshot;

describe("a frame", () => {
  it("is little-endian float32 in base64", () => expect([...numbersOf("AACAPwAAAMA=")]).toEqual([1, -2]));

  it("has the form of the weights of a snapshot, its layers in the same order and under the same names", () => {
    const tensors: Tensor[] = [
      { name: "residual_1.dense_1.weights", shape: [2, 1], offset: 0 },
      { name: "residual_1.dense_1.biases", shape: [1], offset: 2 },
      { name: "dense_1.weights", shape: [1, 2], offset: 3 },
    ];
    const layers = [
      { name: "residual_1", type: "residual" },
      { name: "residual_1.dense_1", type: "dense", weights: [[0], [0]], biases: [0] },
      { name: "dense_1", type: "dense", weights: [[0, 0]] },
    ];
    const like = { snapshot: "snap_1", epoch: 1, layers } as unknown as Weights;
    const found = framed(like, tensors, frame(7, 1, 2, 3, 4, 5));
    expect(found.epoch).toBe(7);
    expect(found.snapshot).toBe("");
    expect(tensorsOf(found)).toEqual([
      { name: "residual_1", type: "residual" },
      { name: "residual_1.dense_1", type: "dense", weights: [[1], [2]], biases: [3] },
      { name: "dense_1", type: "dense", weights: [[4, 5]] },
    ]);
  });
});

describe("the frames that are kept", () => {
  it("are those of each epoch once, in order", () => {
    const frames = appended([frame(1), frame(2)], [frame(2), frame(3)]);
    expect(frames.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(appended(frames, [frame(3)])).toBe(frames);
  });

  it("never grow beyond a number, and reach from the first to the last", () => {
    let frames: readonly Frame[] = [];
    for (let epoch = 1; epoch <= 5000; epoch += 1) frames = appended(frames, [frame(epoch)]);
    expect(frames.length).toBeLessThanOrEqual(MOST_FRAMES);
    expect(frames.length).toBeGreaterThan(MOST_FRAMES / 3);
    expect([frames[0]!.epoch, frames.at(-1)!.epoch]).toEqual([1, 5000]);
  });
});

describe("the stops of a training", () => {
  const stops = stopsOf([snapshot(0), snapshot(20, 0.4)], [frame(10, 1), frame(20, 2)]);

  it("are its snapshots and the frames that were seen, each epoch once", () => {
    expect(stops.map(({ epoch }) => epoch)).toEqual([0, 10, 20]);
    expect(stops.map((stop) => stop.snapshot?.id)).toEqual(["snap_0", undefined, "snap_20"]);
    expect(stops.map((stop) => stop.frame?.epoch)).toEqual([undefined, 10, 20]);
    expect(stops.map(({ loss }) => loss)).toEqual([null, 0.1, 0.4]);
  });

  it("are found by an epoch, or by one shortly after them; without one it is the newest", () => {
    expect(["0", "10", "19", "500", undefined, "nonsense"].map((epoch) => placeOf(stops, epoch))).toEqual([
      0, 1, 1, 2, 2, 2,
    ]);
    expect(placeOf([{ epoch: 5 } as Stop], "1")).toBe(0);
    expect(placeOf([], undefined)).toBe(-1);
    expect([0, stops.length - 1, stops.length].map((at) => epochAt(stops, at))).toEqual([stops[0]!.epoch, null, null]);
  });
});

describe("the pace", () => {
  it("lets a tiny training be watched for about as long, however many epochs it has", () => {
    for (const epochs of [50, 200, 1000, 2000, 3000, 4000, 12_000]) {
      expect(epochs / watchable(epochs)).toBeGreaterThan(20);
      expect(epochs / watchable(epochs)).toBeLessThan(80);
    }
  });

  it("of somebody else is among those to choose from, in order", () => {
    expect(pacesWith(30)).toBe(PACES);
    expect(pacesWith(50)).toEqual([1, 3, 10, 30, 50, 100, 300, null]);
  });

  it("of a replay leaves out stops where it would take too long", () => {
    expect(paceOf(10, 1)).toEqual({ stride: 1, wait: 120 });
    const { stride, wait } = paceOf(1000, 1);
    expect((1000 / stride) * wait).toBeCloseTo(12_000, 6);
  });
});

describe("changed options", () => {
  const layers = [
    { type: "dense", units: 3, activation: "tanh", biases: null },
    { type: "dropout", drop_rate: 0.1 },
    { type: "dense", units: 1, activation: "sigmoid" },
  ];
  const network = { name: "spiral-2", inputs: 2, layers, tags: { starter: "spiral" }, seed: 4 } as unknown as Network;
  const training = { batch_size: 32, optimizer: { type: "adam", learning_rate: 0.01, beta1: 0.9 } };
  const now = settingsOf({ epochs: 200, options: { training } } as unknown as Job, network);

  it("are those that are other than now", () => {
    expect(now).toEqual({ learning_rate: 0.01, epochs: 200, optimizer: "adam", batch_size: 32, activation: "tanh" });
    expect(changed(now, { learning_rate: 0.01, epochs: 300 })).toEqual({ epochs: 300 });
  });

  it("say whether the training can go on with them", () => {
    expect(canGoOn({ learning_rate: 1, epochs: 300 })).toBe(true);
    expect(canGoOn({ optimizer: "sgd" })).toBe(false);
    expect(canGoOn({ learning_rate: 1, batch_size: "full" })).toBe(false);
  });

  it("keep the other fields of an optimizer, and the rate where the optimizer is another", () => {
    expect(optionsOf(now, { learning_rate: 0.1 })).toEqual({ optimizer: { learning_rate: 0.1 } });
    expect(optionsOf(now, { optimizer: "sgd", batch_size: "full" })).toEqual({
      optimizer: { type: "sgd", learning_rate: 0.01 },
      batch_size: "full",
    });
  });

  it("of the activation make another network, whose output and rows stay", () => {
    const made = withActivation(network, "relu", nextName(network.name, 3));
    expect(made).toMatchObject({ name: "spiral-3", inputs: 2, seed: 4, tags: { starter: "spiral" } });
    expect((made.layers as { activation?: string }[]).map(({ activation }) => activation)).toEqual([
      "relu",
      undefined,
      "sigmoid",
    ]);
  });

  it("are chosen from a list in order that has the present one", () => {
    expect(choicesWith(RATES, 0.01)).toBe(RATES);
    expect(choicesWith(RATES, 0.02).indexOf(0.02)).toBe(choicesWith(RATES, 0.02).indexOf(0.01) + 1);
  });
});

describe("the snapshots that a training keeps", () => {
  const stride = (snapshots: object) => (epoch: number) => strideOf({ options: { snapshots } } as never, epoch);

  it("are those of every second of their epochs once there are too many, and so on", () => {
    expect([200, 201, 400, 402, 804].map(stride({ every: 1, keep: 200 }))).toEqual([1, 2, 2, 4, 8]);
    expect([50, 60].map(stride({ every: 5, keep: 11 }))).toEqual([5, 10]);
  });

  it("are all where there is no limit", () => {
    expect(stride({ every: 3, keep: null })(10_000)).toBe(3);
    expect(strideOf(null, 10)).toBe(1);
  });
});
