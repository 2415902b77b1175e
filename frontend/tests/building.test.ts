import { beforeEach, describe, expect, it } from "vitest";
import { play, restore, spec, write } from "../src/build/draft";
import {
  withDrawn,
  withInputs,
  withLayer,
  withNames,
  withOwnBias,
  withOwnWeight,
  withoutLayer,
  withUnits,
} from "../src/build/edits";
import { addressOf, stateOf } from "../src/build/link";
import { FIRST_PLAY, fitting, PLAY_NETWORK, playOf, queryOf, requestOf } from "../src/build/play";
import { sketchOf } from "../src/build/sketch";
import type { Spec } from "../src/build/spec";
import { nearestEdge } from "../src/inside/nearest";
import { placesOf } from "../src/inside/places";
import {
  dataOfTag,
  drawnOf,
  EVERY_SET,
  expanded,
  FEATURES,
  featuresOf,
  pointsOf,
  rowsOf,
  tagOf,
} from "../src/inside/playground";
import { route } from "../src/shell/router";

const TWO: Spec = {
  name: "two",
  inputs: 2,
  layers: [
    {
      type: "dense",
      units: 2,
      activation: "tanh",
      weights: [
        [1, 2],
        [3, 4],
      ],
      biases: [5, 6],
    },
    { type: "dense", units: 1, weights: [[7], [8]] },
  ],
};
const weightsOf = ({ layers }: Spec) => layers.map((layer) => (layer as { weights?: unknown }).weights);

describe("a change in the picture", () => {
  it("keeps given weights in their places, and begins new connections with 0", () => {
    const wider = withUnits(TWO, 0, 3);
    expect(weightsOf(wider)).toEqual([
      [
        [1, 2, 0],
        [3, 4, 0],
      ],
      [[7], [8], [0]],
    ]);
    expect((wider.layers[0] as { biases: number[] }).biases).toEqual([5, 6, 0]);
    expect(weightsOf(withUnits(wider, 0, 1))).toEqual([[[1], [3]], [[7]]]);
    expect(weightsOf(withInputs(TWO, 3))).toEqual([
      [
        [1, 2],
        [3, 4],
        [0, 0],
      ],
      [[7], [8]],
    ]);
  });

  it("names inputs that are added, and takes weights along with names", () => {
    const named = { ...TWO, inputs: ["x", "y"] };
    expect(withInputs(named, 3).inputs).toEqual(["x", "y", "x3"]);
    expect(weightsOf(withNames(named, ["y", "xy"]))[0]).toEqual([
      [3, 4],
      [0, 0],
    ]);
  });

  it("adds a layer that fits, and takes one away", () => {
    const deeper = withLayer(TWO, 1);
    expect(deeper.layers[1]).toEqual({ type: "dense", units: 4, activation: "tanh" });
    expect(weightsOf(deeper)[2]).toEqual([[7], [8], [0], [0]]);
    expect(weightsOf(withoutLayer(deeper, 1))).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [[7], [8]],
    ]);
  });

  it("fixes the other weights of a layer as they are drawn, and lets them be drawn again", () => {
    const bare: Spec = { name: "bare", inputs: 2, layers: [{ type: "dense", units: 1 }] };
    const own = withOwnWeight(bare, 0, [[0.25], [0.5]], 1, 0, -1);
    expect(own.layers).toEqual([{ type: "dense", units: 1, weights: [[0.25], [-1]] }]);
    expect(withOwnBias(own, 0, [0], 0, 2).layers[0]).toEqual({
      type: "dense",
      units: 1,
      weights: [[0.25], [-1]],
      biases: [2],
    });
    expect(withDrawn(withOwnBias(own, 0, [0], 0, 2), 0)).toEqual(bare);
  });
});

describe("the drawing of a spec", () => {
  it.each<[unknown[], number[]]>([
    [[], [2]],
    [[null, 3, ["dense"], {}], [2]],
    [[{ type: "dense" }], [2, 0]],
    [
      [
        { type: "dense", units: "many" },
        { type: "dense", units: 2.5 },
      ],
      [2, 0, 2],
    ],
    [
      [{ type: "dense", units: 3 }, "batch_norm", { type: "dense", units: 1 }],
      [2, 3, 1],
    ],
  ])("shows of %j what can be read", (layers, units) => {
    const { stages } = sketchOf({ inputs: 2, layers } as Spec, null, null);
    expect(stages.map((stage) => stage.units)).toEqual(units);
  });

  it("knows the numbers that are given or drawn, and no others", () => {
    const drawn = [{ name: "dense_1", weights: [[1], [2]], biases: [0] }];
    const bare: Spec = { inputs: 2, layers: [{ type: "dense", units: 1 }] };
    const seen = (layer: object, initial: typeof drawn | null) =>
      sketchOf({ ...bare, layers: [{ type: "dense", units: 1, ...layer }] }, null, initial).stages[1]!;
    expect(seen({}, null)).toMatchObject({ isKnown: false, isFixed: false, weights: [[0], [0]] });
    expect(seen({}, drawn)).toMatchObject({ isKnown: true, isFixed: false, weights: [[1], [2]] });
    expect(seen({ weights: [[3], [4]] }, drawn)).toMatchObject({ isKnown: true, isFixed: true, weights: [[3], [4]] });
    expect(seen({ weights: [[3]] }, null)).toMatchObject({ isKnown: false, weights: [[0], [0]] });
  });

  it("is of the layer in the spec, also behind others", () => {
    const layers = ["batch_norm", { type: "dense", units: 2 }, { type: "dropout" }, { type: "dense", units: 1 }];
    expect(sketchOf({ inputs: 2, layers }, null, null).stages.map(({ layer }) => layer)).toEqual([null, 1, 3]);
  });
});

describe("a click", () => {
  const { stages } = sketchOf(TWO, null, null);
  const places = placesOf([2, 2, 1], 100);

  it("means the nearest connection", () => {
    const near = [places.x(1) - 20, places.y(1, 1) - 1] as const;
    expect(nearestEdge(stages, places, near)).toMatchObject({ stage: 1, unit: 1 });
    expect(nearestEdge(stages, places, [places.x(0) + 20, places.y(0, 1)])).toMatchObject({ stage: 1, from: 1 });
  });

  it("means none where none is near", () => {
    expect(nearestEdge(stages, places, [places.x(1), 5])).toBeNull();
  });
});

describe("the data of the page", () => {
  it.each(EVERY_SET)("%s: half of each class, the same every time, within its plane", (set) => {
    const data = { set, noise: 0, rows: 200, draw: 3 };
    const { points, isBlue } = drawnOf(data);
    expect(drawnOf(data)).toEqual({ points, isBlue });
    expect(drawnOf({ ...data, draw: 4 })).not.toEqual(set === "spiral" ? null : { points, isBlue });
    expect(points.flat().every((value) => Math.abs(value) < 1.2)).toBe(true);
    const blue = isBlue.filter(Boolean).length;
    expect(blue).toBeGreaterThan(70);
    expect(blue).toBeLessThan(130);
    expect(drawnOf({ ...data, noise: 30 })).not.toEqual({ points, isBlue });
  });

  it("are parted as their names say where nothing is noise", () => {
    const of = (set: "xor" | "circles") => drawnOf({ set, noise: 0, rows: 100, draw: 1 });
    for (const [index, [x, y]] of of("xor").points.entries()) expect(x * y >= 0).toBe(of("xor").isBlue[index]);
    for (const [index, [x, y]] of of("circles").points.entries())
      expect(Math.hypot(x, y) < 0.42).toBe(of("circles").isBlue[index]);
  });

  it("have a column for each input that is chosen, computed from the point", () => {
    const data = { set: "xor", noise: 0, rows: 20, draw: 1 } as const;
    const { points } = drawnOf(data);
    const { inputs } = rowsOf(data, ["x", "xx", "xy", "siny"]);
    inputs.forEach(([x, xx, xy, siny], row) => {
      const [px, py] = points[row]!;
      expect(x).toBe(px);
      expect(xx).toBeCloseTo(px * px, 6);
      expect(xy).toBeCloseTo(px * py, 6);
      expect(siny).toBeCloseTo(Math.sin(6 * py), 6);
    });
  });

  it("are found again by the network's tag, to place rows that have neither x nor y", () => {
    const data = { set: "circles", noise: 10, rows: 30, draw: 2 } as const;
    const network = { inputs: 2, features: ["x²", "y²"], tags: { playground: tagOf(data) } };
    expect(dataOfTag(network)).toEqual(data);
    expect(featuresOf(network)).toEqual(["xx", "yy"]);
    const { inputs } = rowsOf(data, ["xx", "yy"]);
    const rows = [{ inputs: inputs[7]!.map(Math.fround) }, { inputs: [0.5, 0.5] }, { inputs: inputs[0]! }];
    expect(pointsOf(network, rows)).toEqual([drawnOf(data).points[7], null, drawnOf(data).points[0]]);
    const plane = { rows: 1, width: 2, values: Float64Array.of(0.5, -0.25) };
    expect([...expanded(plane, featuresOf(network)).values]).toEqual([0.25, 0.0625]);
  });

  it("are no others' columns: a network without the tag has its own", () => {
    expect(featuresOf({ inputs: 2, features: ["x", "y"], tags: {} })).toBeNull();
    expect(featuresOf({ inputs: 2, features: ["x", "salt"], tags: { playground: "data=xor" } })).toBeNull();
  });
});

describe("the state of the page", () => {
  const data = { ...FIRST_PLAY, set: "xor", noise: 15, features: ["x", "xy"] } as const;
  const asQuery = (address: string) => Object.fromEntries(new URLSearchParams(address.split("?")[1]));

  beforeEach(() => {
    history.replaceState(null, "", "#/build");
    route.value = { path: "/build", query: {} };
  });

  it("is in its address, whole", () => {
    const state = { spec: fitting(PLAY_NETWORK, data), play: data };
    expect(stateOf(asQuery(addressOf(state)))).toEqual(state);
    expect(stateOf(asQuery(addressOf({ spec: TWO, play: null })))).toEqual({ spec: TWO, play: null });
    expect(stateOf({})).toBeNull();
    expect(stateOf({ spec: "{" })).toBeNull();
  });

  it("comes back within bounds from an address that somebody wrote", () => {
    const query = {
      data: "xor",
      noise: "900",
      rows: "-1",
      share: "x",
      features: "none",
      rate: "-3",
      epochs: "0",
      batch: "big",
    };
    expect(playOf(query)).toMatchObject({
      noise: 50,
      rows: 20,
      share: 20,
      features: ["x", "y"],
      rate: 0.03,
      epochs: 1,
      batch: 32,
    });
    expect(playOf({ data: "moons" })).toBeNull();
    expect(
      playOf(Object.fromEntries(Object.entries(queryOf(data)).map(([key, value]) => [key, String(value)]))),
    ).toEqual(data);
  });

  it("is a step in the history for each change", () => {
    const before = history.length;
    write(TWO, null);
    write(withUnits(TWO, 0, 3), null);
    expect(history.length).toBe(before + 2);
    const { query } = route.value;
    restore(stateOf({ ...query, spec: JSON.stringify(TWO) })!);
    expect(spec.value).toEqual(TWO);
    expect(history.length).toBe(before + 2);
  });

  it("lets the data go where the network is for others", () => {
    write(fitting(PLAY_NETWORK, data), data);
    expect(play.value).toEqual(data);
    write({ ...spec.value, inputs: 3 });
    expect(play.value).toBeNull();
  });
});

describe("the request", () => {
  it("has the chosen inputs as columns, the options, and what the data are as a tag", () => {
    const data = { ...FIRST_PLAY, features: ["x", "xx"] as const, share: 30, rows: 40 };
    const request = requestOf(fitting(PLAY_NETWORK, data), data) as Record<string, unknown>;
    const train = request.train as Record<string, { inputs: number[][]; targets: string[] }>;
    expect(request.inputs).toEqual(["x", "x²"]);
    expect(train.data!.inputs).toHaveLength(40);
    for (const [x, xx] of train.data!.inputs) expect(xx).toBeCloseTo(FEATURES.xx.of(x!), 6);
    expect(train).toMatchObject({
      validation: { fraction: 0.3, stratified: true },
      optimizer: { type: "adam", learning_rate: 0.03 },
    });
    expect(request.tags).toEqual({ playground: "data=spiral&noise=0&rows=40&draw=1" });
  });
});
