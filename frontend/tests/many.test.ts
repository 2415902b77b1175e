import { describe, expect, it } from "vitest";
import { matrixOf } from "../src/inside/model";
import { EXAMPLES } from "../src/step/examples";
import { canTakeMany, takeMany } from "../src/step/many";
import { ofExample, start } from "../src/step/source";

const settingOf = (id: string) => start(ofExample(EXAMPLES.find((each) => each.id === id)!), 0);
const expectedOf = (id: string) => EXAMPLES.find((each) => each.id === id)!.expect;

describe("many steps in the browser", () => {
  it.each(["step_by_step", "chain_rule", "cheese"])("begin with the step that %s prints", (id) => {
    const { layers } = takeMany(settingOf(id), 1);
    expectedOf(id).after_one_step!.weights.forEach((matrix, at) =>
      matrix.forEach((row, from) =>
        row.forEach((weight, to) => expect(matrixOf(layers[at]!)[from]![to]).toBeCloseTo(weight, 12)),
      ),
    );
  });

  it("lead where the tutorial's 10,000 do", () => {
    const setting = settingOf("step_by_step");
    const { layers, losses } = takeMany(setting, 10_000);
    const { losses: last } = takeMany({ ...setting, layers }, 1);
    const { loss } = expectedOf("step_by_step").after_10000_steps!;
    expect(Math.abs(last[0]! - loss)).toBeLessThan(1e-12);
    expect(losses).toHaveLength(100);
    expect(losses[0]).toBeCloseTo(expectedOf("step_by_step").loss!, 12);
  });

  it("leave the weights they begin with as they are", () => {
    const setting = settingOf("step_by_step");
    const before = JSON.stringify(setting.layers);
    takeMany(setting, 5);
    expect(JSON.stringify(setting.layers)).toBe(before);
  });

  it("are not offered where a layer or the loss is not written out", () => {
    const setting = settingOf("step_by_step");
    expect(canTakeMany(setting)).toBe(true);
    expect(canTakeMany({ ...setting, network: { ...setting.network, loss: "cross_entropy" } })).toBe(false);
    expect(canTakeMany({ ...setting, network: { ...setting.network, layers: ["batch_norm"] } })).toBe(false);
  });
});
