/** A network with one set of its weights, as the service hands out both; `flat` puts each layer beside its tensors. */
import type { Network, Weights } from "../api/types";
import type { ActivationSpec } from "./activations";

export type Matrix = readonly (readonly number[])[];

export interface LayerWeights {
  name: string;
  type?: string;
  [tensor: string]: unknown;
}

export interface LayerSpec {
  type: string;
  units?: number;
  activation?: ActivationSpec;
  epsilon?: number;
  columns?: { index: number; categories: number; size: number }[];
  layers?: (LayerSpec | string)[];
  [option: string]: unknown;
}

export interface Placed {
  name: string;
  spec: LayerSpec;
  tensors: LayerWeights;
  children: Placed[];
}

/** A name for each input, where there is one: a column of a user's table may be several inputs. */
export const inputNamesOf = ({ features, inputs }: Pick<Network, "features" | "inputs">): readonly string[] =>
  features?.length === inputs ? features : NO_NAMES;

const NO_NAMES: readonly never[] = [];

export const specsOf = (network: Pick<Network, "layers">) => network.layers as unknown as (LayerSpec | string)[];
export const allTensorsOf = (weights: Pick<Weights, "layers">) => weights.layers as unknown as LayerWeights[];

/** The tensors of each layer; of an ensemble those of one member, by the names they have without it. */
export function tensorsOf(weights: Pick<Weights, "layers">, member = 0): LayerWeights[] {
  const all = allTensorsOf(weights);
  const prefix = `member_${member + 1}.`;
  const own = all.filter(({ name }) => name.startsWith(prefix));
  return own.length === 0 ? all : own.map((layer) => ({ ...layer, name: layer.name.slice(prefix.length) }));
}

export const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number");
export const isMatrix = (value: unknown): value is Matrix => Array.isArray(value) && value.every(isVector);

export const matrixOf = (layer: LayerWeights, key = "weights") => (layer[key] ?? []) as Matrix;
export const vectorOf = (layer: LayerWeights, key = "biases") => (layer[key] ?? []) as readonly number[];

/** Layers in order, each with its children; tensors come in the same order, a block before what is in it. */
export function placed(specs: readonly (LayerSpec | string)[], tensors: readonly LayerWeights[]): Placed[] {
  let next = 0;
  const place = (given: LayerSpec | string): Placed => {
    const spec = typeof given === "string" ? { type: given } : given;
    const own = tensors[next++] ?? { name: spec.type };
    return { name: own.name, spec, tensors: own, children: (spec.layers ?? []).map(place) };
  };
  return specs.map(place);
}
