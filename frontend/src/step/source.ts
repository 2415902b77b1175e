/** What is stepped through: a network with its weights, and rows to choose from. */
import { explainSpec } from "../api/networks";
import type { Network, Weights } from "../api/types";
import { nameOf } from "../forms/named";
import { memberOf } from "../inside/member";
import { type LayerSpec, type LayerWeights, tensorsOf } from "../inside/model";
import { outputNames } from "../parts/classes";
import type { Example, Expected } from "./examples";
import { type Pass, passOf } from "./pass";

export interface StepRow {
  inputs: number[];
  targets: number[];
}

export interface Source {
  key: string;
  /** As `POST /explain` takes it. */
  network: { name: string; inputs: number; layers: unknown; loss: unknown; dtype?: string };
  layers: readonly LayerWeights[];
  rows: readonly StepRow[];
  rate: number;
  inputNames: readonly string[];
  outputNames: readonly string[];
  labels: readonly string[] | null;
  expected?: Expected;
}

export interface Setting extends StepRow {
  /** The source's own, or the same with other activations or another loss. */
  network: Source["network"];
  layers: readonly LayerWeights[];
  rate: number;
}

export function ofExample(example: Example): Source {
  const { network } = example;
  const layers = (network.layers as LayerSpec[]).map(
    (layer, index): LayerWeights => ({
      name: `dense_${index + 1}`,
      weights: layer.weights,
      ...(layer.biases !== undefined && { biases: layer.biases }),
    }),
  );
  return {
    key: example.id,
    network: {
      name: String(network.name),
      inputs: network.inputs,
      layers: network.layers,
      loss: network.loss,
      dtype: String(network.dtype),
    },
    layers,
    rows: example.rows,
    rate: example.rate,
    inputNames: example.features ?? [],
    outputNames: [],
    labels: null,
    expected: example.expect,
  };
}

export function ofNetwork(
  whole: Network,
  weights: Weights,
  allRows: readonly StepRow[],
  allNames: readonly string[],
): Source {
  const { network, rows, names } = memberOf(whole, allRows, allNames);
  const { name, inputs, layers, loss, dtype, labels, outputs } = network;
  const blank = {
    inputs: Array<number>(inputs).fill(0),
    targets: Array.from({ length: outputs }, (_, index) => (index === 0 ? 1 : 0)),
  };
  return {
    key: `${network.id}:${weights.snapshot}`,
    network: { name, inputs, layers, loss, dtype },
    layers: tensorsOf(weights),
    rows: rows.length > 0 ? rows : [blank],
    rate: 0.1,
    inputNames: names,
    outputNames: outputNames(outputs, labels),
    labels: labels ?? null,
  };
}

export function start(source: Source, row: number): Setting {
  const { inputs, targets } = source.rows[row] ?? source.rows[0]!;
  return { inputs, targets, network: source.network, layers: source.layers, rate: source.rate };
}

export const lossName = (loss: unknown): string => nameOf(loss) ?? "";

export async function explained(
  setting: Setting,
  signal: AbortSignal,
): Promise<{ pass: Pass; after: readonly LayerWeights[] }> {
  const { inputs, targets, layers, rate } = setting;
  const { network: asked } = setting;
  const body = {
    network: asked,
    layers,
    inputs: [inputs],
    targets: [targets],
    optimizer: { type: "sgd", learning_rate: rate },
  };
  const answer = await explainSpec(body, signal);
  const network = asked as unknown as Pick<Network, "layers" | "loss">;
  return {
    pass: passOf({ network, layers, inputs, targets, rate }, answer),
    after: answer.after as unknown as readonly LayerWeights[],
  };
}
