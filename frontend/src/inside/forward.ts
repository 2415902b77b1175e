/** The forward pass in the browser, as at prediction: for pictures that ask for thousands of points many times a second. */
import { type ActivationSpec, activationName, activationOf } from "./activations";
import { matrixOf, type Placed, vectorOf } from "./model";

/** Rows beside each other: `values[row * width + column]`. */
export interface Table {
  rows: number;
  width: number;
  values: Float64Array;
}

export function tableOf(rows: readonly (readonly number[])[]): Table {
  const width = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, index) => values.set(row, index * width));
  return { rows: rows.length, width, values };
}

export const rowOf = (table: Table, row: number) => [
  ...table.values.subarray(row * table.width, (row + 1) * table.width),
];

/** What every layer hands on, by its name, the network's outputs under that of the last. */
export function forward(layers: readonly Placed[], inputs: Table): Map<string, Table> {
  const seen = new Map<string, Table>();
  through(layers, inputs, seen);
  return seen;
}

function through(layers: readonly Placed[], inputs: Table, seen: Map<string, Table>): Table {
  let flow = inputs;
  for (const layer of layers) {
    flow = pass(layer, flow, seen);
    seen.set(layer.name, flow);
  }
  return flow;
}

function pass(layer: Placed, x: Table, seen: Map<string, Table>): Table {
  const { spec, tensors } = layer;
  switch (spec.type) {
    case "dense":
      return activated(dense(matrixOf(tensors), vectorOf(tensors), x), spec.activation ?? "linear");
    case "activation":
      return activated({ ...x, values: x.values.slice() }, spec.activation ?? "linear");
    case "batch_norm":
      return batchNorm(layer, x);
    case "layer_norm":
      return layerNorm(layer, x);
    case "embedding":
      return embedded(layer, x);
    case "residual": {
      const inner = through(layer.children, x, seen);
      return { ...x, values: x.values.map((value, index) => value + (inner.values[index] ?? 0)) };
    }
    default:
      return x;
  }
}

function dense(weights: readonly (readonly number[])[], biases: readonly number[], x: Table): Table {
  const units = weights[0]?.length ?? 0;
  const values = new Float64Array(x.rows * units);
  for (let row = 0; row < x.rows; row += 1) {
    const to = row * units;
    for (let unit = 0; unit < biases.length; unit += 1) values[to + unit] = biases[unit]!;
    for (let input = 0; input < x.width; input += 1) {
      const value = x.values[row * x.width + input]!;
      const from = weights[input]!;
      for (let unit = 0; unit < units; unit += 1) values[to + unit]! += value * from[unit]!;
    }
  }
  return { rows: x.rows, width: units, values };
}

/** In place: the caller owns the table. */
function activated(z: Table, spec: ActivationSpec): Table {
  if (activationName(spec) === "softmax") {
    for (let row = 0; row < z.rows; row += 1) softmax(z.values.subarray(row * z.width, (row + 1) * z.width));
  } else if (activationName(spec) !== "linear") {
    const f = activationOf(spec);
    for (let index = 0; index < z.values.length; index += 1) z.values[index] = f(z.values[index]!);
  }
  return z;
}

function softmax(row: Float64Array): void {
  const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
  let sum = 0;
  for (let index = 0; index < row.length; index += 1) sum += row[index] = Math.exp(row[index]! - largest);
  for (let index = 0; index < row.length; index += 1) row[index]! /= sum;
}

function batchNorm({ spec, tensors }: Placed, x: Table): Table {
  const [scale, shift, mean, variance] = ["scale", "shift", "mean", "variance"].map((key) => vectorOf(tensors, key));
  const epsilon = spec.epsilon ?? 1e-5;
  const values = x.values.map((value, index) => {
    const unit = index % x.width;
    return (scale![unit]! * (value - mean![unit]!)) / Math.sqrt(variance![unit]! + epsilon) + shift![unit]!;
  });
  return { ...x, values };
}

function layerNorm({ spec, tensors }: Placed, x: Table): Table {
  const [scale, shift] = ["scale", "shift"].map((key) => vectorOf(tensors, key));
  const epsilon = spec.epsilon ?? 1e-5;
  const values = new Float64Array(x.values.length);
  for (let row = 0; row < x.rows; row += 1) {
    const own = x.values.subarray(row * x.width, (row + 1) * x.width);
    const mean = own.reduce((sum, value) => sum + value, 0) / x.width;
    const spread = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.width + epsilon);
    own.forEach(
      (value, unit) => (values[row * x.width + unit] = (scale![unit]! * (value - mean)) / spread + shift![unit]!),
    );
  }
  return { ...x, values };
}

/** In place of each code its learned vector; the order of the columns stays. */
function embedded({ spec, tensors }: Placed, x: Table): Table {
  const learned = new Map((spec.columns ?? []).map(({ index }) => [index, matrixOf(tensors, `column_${index}`)]));
  const rows = Array.from({ length: x.rows }, (_, row) =>
    Array.from({ length: x.width }, (_, column) => {
      const value = x.values[row * x.width + column]!;
      return [...(learned.get(column)?.[value] ?? [value])];
    }).flat(),
  );
  return tableOf(rows);
}
