import { describe, expect, it } from "vitest";
import { curveOf } from "../src/inside/activations";
import { forward, rowOf, tableOf } from "../src/inside/forward";
import { memberOf } from "../src/inside/member";
import { placed, tensorsOf } from "../src/inside/model";
import { layersOf, worked } from "./textbook";

const near = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 12);
};

describe("the tensors of an ensemble", () => {
  const layers = ["member_1.dense_1", "member_2.dense_1", "average"].map((name, at) => ({ name, weights: [[at + 1]] }));

  it("are those of one member, by their own names", () => {
    expect(tensorsOf({ layers } as never)).toEqual([{ name: "dense_1", weights: [[1]] }]);
    expect(tensorsOf({ layers } as never, 1)).toEqual([{ name: "dense_1", weights: [[2]] }]);
  });

  it("are all of a single network", () => {
    expect(tensorsOf({ layers: layers.slice(2) } as never)).toEqual([layers[2]]);
  });
});

describe("a member of an ensemble", () => {
  const network = { inputs: 3, layers: ["first"], loss: "mean_squared_error", recipes: null };
  const rows = [{ inputs: [1, 2, 3] }];
  const names = ["a", "b", "c"];

  it("sees a network whose members are alike as it is", () => {
    expect(memberOf(network as never, rows, names)).toEqual({ network, rows, names });
  });

  it("has its own layers, and reads its own inputs", () => {
    const layers = [{ type: "embedding", columns: [{ index: 2, categories: 3, size: 2 }] }];
    const shown = memberOf({ ...network, recipes: [{ inputs: [0, 2], layers }, {}] } as never, rows, names);
    expect(shown.network).toMatchObject({ inputs: 2, layers: [{ columns: [{ index: 1 }] }] });
    expect([shown.rows, shown.names]).toEqual([[{ inputs: [1, 3] }], ["a", "c"]]);
  });

  it("is made by a recipe that may make several", () => {
    const recipes = [{ count: 2, inputs: [0] }, { inputs: [1, 2] }];
    const read = (at: number) => memberOf({ ...network, recipes } as never, rows, names, at).names;
    expect([0, 1, 2].map(read)).toEqual([["a"], ["a"], ["b", "c"]]);
  });
});

describe("the forward pass in the browser", () => {
  it.each(["cheese", "chain_rule", "step_by_step"] as const)("gives the activations printed for %s", (name) => {
    const { row, expect: printed } = worked[name];
    const seen = forward(layersOf(worked[name]).layers, tableOf([row.inputs]));
    printed.activations.forEach((values, index) => near(rowOf(seen.get(`dense_${index + 1}`)!, 0), values));
  });

  it("gives the softmax outputs printed for xor, row by row", () => {
    const { data, expect: printed } = worked.xor;
    const outputs = forward(layersOf(worked.xor).layers, tableOf(data.inputs)).get("dense_2")!;
    printed.first_outputs.forEach((values, row) => near(rowOf(outputs, row), values));
  });

  it("normalises by the statistics that batch_norm has learned", () => {
    const layers = placed(["batch_norm"], [{ name: "batch_norm_1", scale: [2], shift: [1], mean: [3], variance: [4] }]);
    const outputs = forward(layers, tableOf([[7]])).get("batch_norm_1")!;
    near(rowOf(outputs, 0), [1 + (2 * 4) / Math.sqrt(4 + 1e-5)]);
  });

  it("adds to a residual block what came in", () => {
    const layers = placed(
      [{ type: "residual", layers: [{ type: "dense", units: 2, activation: "relu" }] }],
      [
        { name: "residual_1" },
        {
          name: "dense_1",
          weights: [
            [1, 0],
            [0, -1],
          ],
          biases: [0, 0],
        },
      ],
    );
    near(rowOf(forward(layers, tableOf([[2, 3]])).get("residual_1")!, 0), [4, 3]);
  });

  it("puts the learned vector in the place of a code", () => {
    const layers = placed(
      [{ type: "embedding", columns: [{ index: 1, categories: 2, size: 2 }] }],
      [
        {
          name: "embedding_1",
          column_1: [
            [5, 6],
            [7, 8],
          ],
        },
      ],
    );
    near(rowOf(forward(layers, tableOf([[9, 1]])).get("embedding_1")!, 0), [9, 7, 8]);
  });

  it.each([
    ["sigmoid", 0, 0.5],
    ["tanh", 1, 0.7615941559557649],
    ["relu", -2, 0],
    ["leaky_relu", -2, -0.02],
    ["elu", -1, -0.6321205588285577],
    ["softplus", 0, Math.LN2],
    ["softsign", 3, 0.75],
    ["hard_sigmoid", 0, 0.5],
    ["swish", 1, 0.7310585786300049],
    ["gelu_exact", 1, 0.8413447460685429],
    ["gelu_exact", -3, -0.004049694094890287],
    ["gelu_exact", -6, -5.919525870226207e-9],
  ])("knows the curve of %s", (name, z, value) => expect(curveOf(name)!(z)).toBeCloseTo(value, 12));

  it("has no curve for softmax, which looks at a whole row", () => expect(curveOf("softmax")).toBeNull());
});
