/** Changes of a network that are made in its picture; weights that the spec gives keep their places. */
import { nameOf, optionsOf } from "../forms/named";
import { withWeight } from "../inside/edited";
import { isMatrix, isVector, type Matrix } from "../inside/model";
import { inputsOf, unitsOf } from "./sketch";
import type { LayerSpec, Spec } from "./spec";

/** What a layer that is added in the picture begins with. */
const UNITS = 4;

const isDense = (layer: LayerSpec) => nameOf(layer) === "dense";

const changed = (spec: Spec, at: number, options: Record<string, unknown>): Spec => ({
  ...spec,
  layers: spec.layers.map((layer, index) =>
    index === at ? { type: nameOf(layer), ...optionsOf(layer), ...options } : layer,
  ),
});

export const withUnits = (spec: Spec, at: number, units: number): Spec => fitted(changed(spec, at, { units }));

/** One more input, or one less: a number, or a name for each. */
export function withInputs(spec: Spec, count: number): Spec {
  const { inputs } = spec;
  if (!Array.isArray(inputs)) return fitted({ ...spec, inputs: count });
  const added = Array.from({ length: Math.max(0, count - inputs.length) }, (_, index) => inputs.length + index + 1);
  return fitted({ ...spec, inputs: [...inputs.slice(0, count), ...added.map((number) => `x${number}`)] });
}

/** Other names for the inputs: what leads from one that stays is kept. */
export function withNames(spec: Spec, names: readonly string[]): Spec {
  const before = Array.isArray(spec.inputs) ? (spec.inputs as unknown[]) : [];
  const first = spec.layers.findIndex(isDense);
  const { weights } = optionsOf(spec.layers[first]);
  const next: Spec = { ...spec, inputs: [...names] };
  if (first < 0 || !isMatrix(weights)) return next;
  const rows = names.map((name) => weights[before.indexOf(name)] ?? (weights[0] ?? []).map(() => 0));
  return changed(next, first, { weights: rows });
}

/** A dense layer before the layer at a place. */
export function withLayer(spec: Spec, at: number): Spec {
  const like = spec.layers.find(isDense);
  const { activation } = optionsOf(like);
  const added = {
    type: "dense",
    units: UNITS,
    activation: spec.layers.filter(isDense).length > 1 ? activation : "tanh",
  };
  return fitted({ ...spec, layers: spec.layers.toSpliced(at, 0, added) });
}

export const withoutLayer = (spec: Spec, at: number): Spec => fitted({ ...spec, layers: spec.layers.toSpliced(at, 1) });

export const withActivation = (spec: Spec, at: number, activation: unknown): Spec => changed(spec, at, { activation });

/** The spec takes the weights of a layer all or none: with one that is set, the others are those that are drawn. */
export const withOwnWeight = (spec: Spec, at: number, drawn: Matrix, from: number, unit: number, value: number): Spec =>
  changed(spec, at, { weights: withWeight(drawn, from, unit, value) });

export const withOwnBias = (spec: Spec, at: number, drawn: readonly number[], unit: number, value: number): Spec =>
  changed(spec, at, { biases: drawn.with(unit, value) });

/** The initializer draws the weights and biases of the layer again. */
export function withDrawn(spec: Spec, at: number): Spec {
  const { weights: _w, biases: _b, ...others } = optionsOf(spec.layers[at]);
  return { ...spec, layers: spec.layers.with(at, { type: nameOf(spec.layers[at]), ...others }) };
}

/** Given weights in the sizes of the layers: connections that are new begin with 0. */
function fitted(spec: Spec): Spec {
  let width = inputsOf(spec);
  const layers = spec.layers.map((layer) => {
    if (!isDense(layer)) return layer;
    const options = optionsOf(layer);
    const [inputs, units] = [width, unitsOf(layer)];
    width = units;
    const { weights, biases } = options;
    return {
      type: "dense",
      ...options,
      ...(isMatrix(weights) && inputs !== null && { weights: resized(weights, inputs, units) }),
      ...(isVector(biases) && { biases: Array.from({ length: units }, (_, unit) => biases[unit] ?? 0) }),
    };
  });
  return { ...spec, layers };
}

const resized = (weights: Matrix, inputs: number, units: number): Matrix =>
  Array.from({ length: inputs }, (_, row) => Array.from({ length: units }, (_, unit) => weights[row]?.[unit] ?? 0));
