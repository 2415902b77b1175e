/** Networks to begin with: each with its rows, and options with which it learns them. */
import examples from "../../../tests/worked_examples.json";
import { watchable } from "../live/pace";
import type { Rows } from "../rows/types";
import { DIGIT_LABELS, digits } from "./digits";
import { FEATURES, penguins, SPECIES } from "./penguins";
import { spiral } from "./spiral";

export interface Starter {
  id: "spiral" | "penguins" | "digits" | "xor" | "cheese";
  /** Without a name, which must be a free one. */
  network: Record<string, unknown>;
  train: Record<string, unknown>;
  rows: () => Promise<Rows>;
}

const { name: _xor, ...xor } = examples.xor.network;
const { name: _cheese, ...cheese } = examples.cheese.network;
const sixCheeses = examples.cheese.table.rows as [number, number, string][];

export const STARTERS: Starter[] = [
  {
    id: "spiral",
    network: {
      inputs: ["x", "y"],
      labels: ["orange", "blue"],
      seed: 2,
      loss: "binary_cross_entropy",
      layers: [
        { type: "dense", units: 12, activation: "tanh" },
        { type: "dense", units: 12, activation: "tanh" },
        { type: "dense", units: 1, activation: "sigmoid" },
      ],
    },
    train: {
      epochs: 3000,
      epochs_per_second: watchable(3000),
      batch_size: 32,
      optimizer: { type: "adam", learning_rate: 0.005 },
      metrics: ["accuracy"],
      snapshots: { every: 50 },
    },
    rows: async () => spiral(),
  },
  {
    id: "penguins",
    network: {
      inputs: FEATURES,
      labels: SPECIES,
      seed: 1,
      loss: "cross_entropy",
      layers: [
        "batch_norm",
        { type: "dense", units: 16, activation: "tanh" },
        { type: "dense", units: 3, activation: "softmax" },
      ],
    },
    train: {
      epochs: 1000,
      epochs_per_second: watchable(1000),
      batch_size: 32,
      optimizer: { type: "adam", learning_rate: 0.002 },
      schedule: "cosine",
      validation: { fraction: 0.25, stratified: true },
      metrics: ["accuracy"],
      snapshots: { every: 25 },
      seed: 1,
    },
    rows: penguins,
  },
  {
    id: "digits",
    network: {
      inputs: 64,
      labels: DIGIT_LABELS,
      seed: 3,
      loss: "cross_entropy",
      layers: [
        { type: "dense", units: 20, activation: "relu", l2: 0.0005 },
        { type: "dense", units: 10, activation: "softmax" },
      ],
    },
    train: {
      epochs: 400,
      batch_size: 16,
      optimizer: { type: "adam", learning_rate: 0.002 },
      validation: { fraction: 0.2, stratified: true },
      metrics: ["accuracy"],
      snapshots: { every: 10 },
    },
    rows: digits,
  },
  {
    id: "xor",
    network: { ...xor, inputs: ["a", "b"], labels: ["different", "same"] },
    train: {
      epochs: 4000,
      epochs_per_second: watchable(4000),
      batch_size: "full",
      shuffle: false,
      optimizer: { type: "sgd", learning_rate: 0.5 },
      snapshots: { every: 100 },
    },
    rows: async () => ({ inputs: examples.xor.data.inputs, targets: examples.xor.data.targets }),
  },
  {
    id: "cheese",
    network: { ...cheese, inputs: ["fat", "salt"], labels: ["dislike", "like"] },
    train: {
      epochs: 2000,
      epochs_per_second: watchable(2000),
      batch_size: "full",
      shuffle: false,
      optimizer: { type: "adam", learning_rate: 0.05 },
      snapshots: { every: 50 },
    },
    rows: async () => ({
      inputs: sixCheeses.map(([fat, salt]) => [fat, salt]),
      targets: sixCheeses.map(([, , taste]) => taste),
    }),
  },
];
