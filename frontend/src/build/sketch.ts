/** A spec as a picture, also one that is not complete: what can be read of it is drawn, the rest is left out. */
import type { Shape } from "../api/types";
import { nameOf, optionsOf } from "../forms/named";
import { isMatrix, isVector, type LayerWeights, type Matrix, type Placed } from "../inside/model";
import { type Stage, stagesOf } from "../inside/stages";
import type { LayerSpec, Spec } from "./spec";

/** A column of the picture that belongs to a layer of the spec. */
export interface Drawn extends Stage {
  /** Where its layer stands in the spec; null for the inputs and for layers inside another one. */
  layer: number | null;
  /** Whether the spec gives its weights or biases. */
  isFixed: boolean;
  /** Whether its numbers are those that the network begins with, and not only lines. */
  isKnown: boolean;
}

/** More lines than this say nothing. */
const MOST_WEIGHTS = 10_000;
const MOST_UNITS = 100_000;

export interface Sketch {
  stages: Drawn[];
  layers: Placed[];
}

/** `shapes` are the service's answer where it fits the spec; `initial` are the weights that it draws. */
export function sketchOf(spec: Spec, shapes: readonly Shape[] | null, initial: readonly LayerWeights[] | null): Sketch {
  const inputs = inputsOf(spec) ?? shapes?.[0]?.inputs ?? 0;
  const where = new Map<string, number>();
  const known = new Set<string>();
  const fixed = new Set<string>();
  const counts: Record<string, number> = {};
  let width = inputs;
  const place = (given: LayerSpec, path: number | null): Placed[] => {
    const type = nameOf(given);
    if (type === null) return [];
    counts[type] = (counts[type] ?? 0) + 1;
    const shape = path === null ? undefined : shapes?.[path];
    const name = shape?.name ?? `${type}_${counts[type]}`;
    if (path !== null) where.set(name, path);
    const options = optionsOf(given);
    const children = Array.isArray(options.layers) ? options.layers.flatMap((each) => place(each, null)) : [];
    const own = initial?.find((each) => each.name === name);
    let tensors: LayerWeights = own ?? { name, type };
    if (type === "dense") {
      const units = unitsOf(given);
      const drawn = tensorsOf(options, width, units, own);
      if (drawn.isKnown) known.add(name);
      if (options.weights !== undefined || options.biases !== undefined) fixed.add(name);
      tensors = { ...tensors, weights: drawn.weights, biases: drawn.biases };
      width = units;
    }
    return [{ name, spec: { ...options, type, units: unitsOf(given) }, tensors, children }];
  };
  const layers = spec.layers.flatMap((layer, at) => place(layer, at));
  const stages = stagesOf(inputs, layers).map((stage) => ({
    ...stage,
    layer: where.get(stage.name) ?? null,
    isFixed: fixed.has(stage.name),
    isKnown: known.has(stage.name),
  }));
  return { stages, layers };
}

/** Null where the inputs are columns of a table, or not written yet. */
export function inputsOf({ inputs }: Spec): number | null {
  if (typeof inputs === "number") return Number.isInteger(inputs) && inputs > 0 ? Math.min(inputs, MOST_UNITS) : null;
  return Array.isArray(inputs) && inputs.every((each) => typeof each === "string") ? inputs.length : null;
}

export function unitsOf(layer: LayerSpec): number {
  const { units } = optionsOf(layer);
  return typeof units === "number" && units >= 1 ? Math.min(Math.floor(units), MOST_UNITS) : 0;
}

interface Tensors {
  weights: Matrix;
  biases: readonly number[];
  isKnown: boolean;
}

/** Those that the spec gives, else those that the service draws, else as many zeros. */
function tensorsOf(
  options: Record<string, unknown>,
  inputs: number,
  units: number,
  drawn: LayerWeights | undefined,
): Tensors {
  const fits = (value: unknown): value is Matrix =>
    isMatrix(value) && value.length === inputs && value.every((row) => row.length === units);
  const matrix = [options.weights, drawn?.weights].find(fits);
  const vector = [options.biases, drawn?.biases].find((each) => isVector(each) && each.length === units);
  const hasBias = options.bias !== false;
  const isTooMany = inputs * units > MOST_WEIGHTS;
  const zeros = Array.from({ length: units }, () => 0);
  return {
    weights: matrix ?? (isTooMany ? [] : Array.from({ length: inputs }, () => zeros)),
    biases: hasBias ? ((vector as readonly number[] | undefined) ?? zeros) : [],
    isKnown: matrix !== undefined && (!hasBias || vector !== undefined),
  };
}
