/** The data that a network is built for in the picture, what of them it is given, and how it is trained on them. */
import {
  type Data,
  dataOf,
  EVERY_FEATURE,
  type Feature,
  LABELS,
  nameOfFeature,
  rowsOf,
  TAG,
  tagOf,
  within,
} from "../inside/playground";
import { watchable } from "../live/pace";
import { withNames } from "./edits";
import type { Spec } from "./spec";

export interface Play extends Data {
  features: readonly Feature[];
  /** Of validation rows, in percent. */
  share: number;
  rate: number;
  epochs: number;
  batch: number | "full";
  optimizer: string;
}

export const SHARES: readonly number[] = [0, 10, 20, 30, 40, 50];
const MOST_EPOCHS = 100_000;

export const FIRST_PLAY: Play = {
  set: "spiral",
  noise: 0,
  rows: 200,
  draw: 1,
  features: ["x", "y"],
  share: 20,
  rate: 0.03,
  epochs: 1000,
  batch: 32,
  optimizer: "adam",
};

/** Whether a network takes these data as they are. */
export const isFor = ({ inputs, labels }: Spec, { features }: Play): boolean =>
  JSON.stringify([inputs, labels]) === JSON.stringify([features.map(nameOfFeature), LABELS]);

/** The network with these inputs and classes. */
export function fitting(spec: Spec, { features }: Play): Spec {
  const { target: _t, dataset: _d, from_dataset: _f, ...others } = spec;
  const named = withNames({ ...others, layers: spec.layers }, features.map(nameOfFeature));
  return { ...named, labels: [...LABELS] };
}

export const PLAY_NETWORK: Spec = {
  name: "playground",
  labels: [...LABELS],
  loss: "binary_cross_entropy",
  layers: [
    { type: "dense", units: 4, activation: "tanh" },
    { type: "dense", units: 2, activation: "tanh" },
    { type: "dense", units: 1, activation: "sigmoid" },
  ],
};

/** What creates the network and trains it, in one request. */
export function requestOf(spec: Spec, play: Play): Record<string, unknown> {
  return {
    ...spec,
    tags: { ...(spec.tags as object | undefined), [TAG]: tagOf(play) },
    train: { ...optionsOf(play), data: rowsOf(play, play.features) },
  };
}

/** The same with two of the rows, to be read. */
export function shownOf(spec: Spec, play: Play): Record<string, unknown> {
  const request = requestOf(spec, { ...play });
  const { data, ...train } = request.train as { data: ReturnType<typeof rowsOf> };
  const few = { inputs: [...data.inputs.slice(0, 2), "…"], targets: [...data.targets.slice(0, 2), "…"] };
  return { ...request, train: { ...train, data: few } };
}

function optionsOf({ share, rate, epochs, batch, optimizer }: Play): Record<string, unknown> {
  return {
    epochs,
    epochs_per_second: watchable(epochs),
    batch_size: batch,
    optimizer: { type: optimizer, learning_rate: rate },
    ...(share > 0 && { validation: { fraction: share / 100, stratified: true } }),
    metrics: ["accuracy"],
    snapshots: { every: Math.max(1, Math.round(epochs / 50)) },
  };
}

/** As the address has it. */
export const queryOf = ({ set, features, ...others }: Play): Record<string, string | number> => ({
  data: set,
  ...others,
  features: features.join(","),
});

export function playOf(query: Readonly<Record<string, string | undefined>>): Play | null {
  const data = dataOf(query);
  if (!data) return null;
  const features = EVERY_FEATURE.filter((each) => (query.features ?? "x,y").split(",").includes(each));
  const rate = Number(query.rate);
  return {
    ...data,
    features: features.length > 0 ? features : FIRST_PLAY.features,
    share: within(query.share, 0, 90, FIRST_PLAY.share),
    rate: rate > 0 ? rate : FIRST_PLAY.rate,
    epochs: within(query.epochs, 1, MOST_EPOCHS, FIRST_PLAY.epochs),
    batch: query.batch === "full" ? "full" : within(query.batch, 1, 1000, 32),
    optimizer: query.optimizer ?? FIRST_PLAY.optimizer,
  };
}
