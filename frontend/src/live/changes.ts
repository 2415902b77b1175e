/** What may be changed of a training in its room, and what a change needs: to go on, to start again, or another network. */
import { isObject } from "../api/options";
import type { Job, Network } from "../api/types";
import { specOf } from "../build/spec";
import { nameOf } from "../forms/named";

export interface Settings {
  learning_rate: number | null;
  epochs: number;
  optimizer: string;
  batch_size: number | "full";
  /** Of all hidden layers; null where they differ or there is none. */
  activation: string | null;
}

export type Changes = Partial<Settings>;

export const RATES: readonly number[] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
export const OPTIMIZERS: readonly string[] = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"];
export const BATCHES: readonly (number | "full")[] = [1, 4, 16, 32, 64, 128, "full"];
export const ACTIVATIONS: readonly string[] = [
  "tanh",
  "sigmoid",
  "relu",
  "leaky_relu",
  "elu",
  "gelu",
  "swish",
  "linear",
];

/** A list of choices with the present one among them, numbers in order. */
export function choicesWith<T extends number | string>(choices: readonly T[], own: T | null): readonly T[] {
  if (own === null || choices.includes(own)) return choices;
  return [...choices, own].sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : 0));
}

export function settingsOf(job: Job, network: Pick<Network, "layers">): Settings {
  const { training } = job.options as { training: Record<string, unknown> };
  const optimizer = isObject(training.optimizer) ? training.optimizer : {};
  return {
    learning_rate: typeof optimizer.learning_rate === "number" ? optimizer.learning_rate : null,
    epochs: job.epochs,
    optimizer: nameOf(training.optimizer) ?? "",
    batch_size: training.batch_size as number | "full",
    activation: hiddenActivation(network),
  };
}

/** Only what is other than now. */
export function changed(now: Settings, changes: Changes): Changes {
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => value !== now[name as keyof Settings]),
  ) as Changes;
}

/** A training goes on with another rate or end; optimizers keep a memory, and batches a count, that others cannot use. */
export const canGoOn = (changes: Changes) =>
  Object.keys(changes).every((name) => name === "learning_rate" || name === "epochs");

/** As `options` of a resume or a restart takes them. */
export function optionsOf(now: Settings, changes: Changes): Record<string, unknown> {
  const { learning_rate, optimizer, epochs, batch_size } = changes;
  const rate = learning_rate ?? now.learning_rate;
  return {
    ...(optimizer !== undefined
      ? { optimizer: { type: optimizer, ...(rate !== null && { learning_rate: rate }) } }
      : learning_rate !== undefined && { optimizer: { learning_rate } }),
    ...(epochs !== undefined && { epochs }),
    ...(batch_size !== undefined && { batch_size }),
  };
}

interface Layer {
  type?: string;
  activation?: unknown;
}

/** The last dense layer is the output, whose activation belongs to its loss. */
function hiddenOf(network: Pick<Network, "layers">): Layer[] {
  const dense = (network.layers as unknown as (Layer | string)[]).filter(
    (layer): layer is Layer => typeof layer !== "string" && layer.type === "dense",
  );
  return dense.slice(0, -1);
}

function hiddenActivation(network: Pick<Network, "layers">): string | null {
  const names = [...new Set(hiddenOf(network).map(({ activation }) => nameOf(activation ?? "linear")))];
  return names.length === 1 ? (names[0] ?? null) : null;
}

/** The same network with another activation in its hidden layers, under another name. */
export function withActivation(network: Network, activation: string, name: string): Record<string, unknown> {
  const hidden = new Set(hiddenOf(network));
  const layers = (network.layers as unknown as Layer[]).map((layer) =>
    hidden.has(layer) ? { ...layer, activation } : layer,
  );
  return { ...specOf({ ...network, layers: layers as unknown as Network["layers"] }), tags: network.tags, name };
}

/** `spiral-3` after `spiral-2`. */
export function nextName(name: string, number: number): string {
  return `${name.replace(/-\d+$/, "")}-${number}`;
}
