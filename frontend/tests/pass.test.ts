import { describe, expect, it } from "vitest";
import type { Explanation } from "../src/api/types";
import { aLine, deltaLine, zLine } from "../src/step/lines";
import { type Pass, passOf } from "../src/step/pass";
import { stepsOf } from "../src/step/steps";
import { layersOf, worked } from "./textbook";

/** A pass whose answer is what the book prints. */
function printed(name: "cheese" | "chain_rule" | "step_by_step"): Pass {
  const { network, row, learning_rate, expect: book } = worked[name];
  const { tensors } = layersOf(worked[name]);
  const answer = {
    layers: tensors.map((layer, index) => ({
      name: layer.name,
      type: "dense",
      z: [book.z[index]],
      activation: [book.activations[index]],
      delta: [book.deltas[index]],
      gradients: {},
    })),
    outputs: [book.activations.at(-1)],
    loss: book.loss,
    after: tensors.map((layer, index) => ({ ...layer, weights: book.after_one_step.weights[index] })),
  } as unknown as Explanation;
  const asked = {
    network: { layers: network.layers, loss: network.loss } as never,
    layers: tensors,
    ...row,
    rate: learning_rate,
  };
  return passOf(asked, answer);
}

describe("one training step", () => {
  it("takes what came into a layer from the layer before", () => {
    const pass = printed("step_by_step");
    expect(pass.layers[0]!.x).toEqual([0.05, 0.1]);
    expect(pass.layers[1]!.x).toEqual(worked.step_by_step.expect.activations[0]);
    expect(pass.loss).toBe(0.2983711087600027);
    expect(pass.layers[1]!.after).toEqual(worked.step_by_step.expect.after_one_step.weights[1]);
  });

  it.each(["cheese", "chain_rule", "step_by_step"] as const)(
    "has formulas that come to the numbers of the book: %s",
    (name) => {
      const pass = printed(name);
      for (const [index, layer] of pass.layers.entries())
        for (const unit of layer.z.keys())
          for (const line of [zLine, aLine, deltaLine].map((of) => of(pass, index + 1, unit)))
            expect(line.numbers, `${line.symbol} of ${name}`).not.toBeNull();
    },
  );

  it("goes forward, to the loss, and backward through every layer", () => {
    expect(stepsOf(2).map(({ kind }) => kind)).toEqual([
      "row",
      "forward",
      "forward",
      "loss",
      "backward",
      "backward",
      "update",
    ]);
    expect(stepsOf(2)[4]).toEqual({ kind: "backward", layer: 2 });
  });
});
