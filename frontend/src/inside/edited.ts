/** Weights with a number of them set by hand. */
import type { Weights } from "../api/types";
import { allTensorsOf, type LayerWeights, type Matrix, matrixOf, vectorOf } from "./model";

export const withWeight = (weights: Matrix, from: number, unit: number, value: number): Matrix =>
  weights.map((row, at) => (at === from ? row.with(unit, value) : row));

/** Without `from`, the bias. */
export function edited(weights: Weights, layer: string, unit: number, value: number, from?: number): Weights {
  const layers = allTensorsOf(weights).map((each): LayerWeights => {
    if (each.name !== layer) return each;
    if (from === undefined) return { ...each, biases: vectorOf(each).with(unit, value) };
    return { ...each, weights: withWeight(matrixOf(each), from, unit, value) };
  });
  return { ...weights, layers: layers as unknown as Weights["layers"] };
}

/** How many weights and biases of dense layers differ. */
export function countOf(before: Weights, after: Weights): number {
  const flat = (weights: Weights) =>
    allTensorsOf(weights).flatMap((layer) => [...matrixOf(layer).flat(), ...vectorOf(layer)]);
  const own = flat(after);
  return flat(before).filter((value, index) => value !== own[index]).length;
}
