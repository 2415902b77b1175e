/** A network as it is being written: plain JSON, exactly what is sent. Fields this form does not know stay as they are. */
import { withoutNulls } from "../api/options";
import type { Network } from "../api/types";

export type LayerSpec = string | Record<string, unknown>;
export type Spec = Record<string, unknown> & { layers: LayerSpec[] };

export const FIRST: Spec = {
  name: "my-network",
  inputs: 2,
  loss: "mean_squared_error",
  layers: [
    { type: "dense", units: 8, activation: "tanh" },
    { type: "dense", units: 1 },
  ],
};

/** Characters that fit beside the form. */
const WIDEST = 44;

/** What a layer is when it has just been added. */
export function newLayer(type: string): LayerSpec {
  if (type === "dense") return { type, units: 8, activation: "relu" };
  if (type === "dropout") return { type, drop_rate: 0.2 };
  if (type === "activation") return { type, activation: "relu" };
  if (type === "residual") return { type, layers: [{ type: "dense", units: 8, activation: "relu" }] };
  return type;
}

/** The text as a spec, or what is wrong with it as JSON; whether it is a good spec the service says. */
export function parseSpec(text: string): Spec | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "{ … }";
    const { layers } = value as Record<string, unknown>;
    return { ...value, layers: Array.isArray(layers) ? layers : [] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Indented, but with each list that is short and flat on one line, as one would write it by hand. */
export function writeSpec(spec: unknown): string {
  return JSON.stringify(spec, null, 2).replace(/[[{]\s*[^[\]{}]*[\]}]/g, (list) => {
    const line = list
      .replace(/\s*\n\s*/g, " ")
      .replace(/^([[{]) /, list.startsWith("{") ? "{ " : "$1")
      .replace(/ ([\]}])$/, list.endsWith("}") ? " }" : "$1");
    return line.length <= WIDEST ? line : list;
  });
}

/** "2" is a number of inputs, "fat, salt" are names. */
export function readInputs(text: string): number | string[] | undefined {
  const plain = text.trim();
  if (plain === "") return undefined;
  return /^\d+$/.test(plain) ? Number(plain) : words(plain);
}

export const words = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

/** What a network was made from, without what the service added, so that it can be made again under another name. */
export function specOf(network: Network): Spec {
  const full = network as unknown as Record<string, unknown>;
  const kept: Record<string, unknown> = { name: `${network.name}-copy` };
  if (network.description) kept.description = network.description;
  if (full.table) Object.assign(kept, full.table);
  else kept.inputs = network.features ?? network.inputs;
  if (network.labels && !full.table) kept.labels = network.labels;
  return {
    ...kept,
    seed: network.seed,
    dtype: network.dtype,
    loss: network.loss,
    layers: withoutNulls(network.layers) as LayerSpec[],
  };
}
