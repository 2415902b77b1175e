/** One explained step of the service, dense layer by dense layer, in the numbers a textbook uses. */
import type { Explanation, Network } from "../api/types";
import type { ActivationSpec } from "../inside/activations";
import { type LayerWeights, type Matrix, matrixOf, type Placed, placed, specsOf, vectorOf } from "../inside/model";

export interface PassLayer {
  name: string;
  activation: ActivationSpec;
  /** What came in: the row, or what the layers before made of it. */
  x: readonly number[];
  z: readonly number[];
  a: readonly number[];
  delta: readonly number[];
  weights: Matrix;
  biases: readonly number[];
  gradients: Matrix;
  biasGradients: readonly number[];
  after: Matrix;
  biasesAfter: readonly number[];
  /** Whether the layer before it and the one behind it join it directly, so that their numbers explain its own. */
  followsDense: boolean;
  leadsToDense: boolean;
  keepsBias: boolean;
  /** What its regularisers add to the gradient of a weight, beside what the row asks for. */
  l1: number;
  l2: number;
}

export interface Pass {
  layers: readonly PassLayer[];
  inputs: readonly number[];
  targets: readonly number[];
  outputs: readonly number[];
  lossName: string;
  loss: number;
  rate: number;
}

type Explained = Omit<Explanation, "snapshot">;
interface Told {
  name: string;
  type: string;
  z: number[][] | null;
  activation: number[][] | null;
  delta: number[][] | null;
  gradients: Record<string, unknown>;
}

/** What was asked, which the answer does not repeat. */
export interface Asked {
  network: Pick<Network, "layers" | "loss">;
  layers: readonly LayerWeights[];
  inputs: readonly number[];
  targets: readonly number[];
  rate: number;
}

export function passOf(asked: Asked, answer: Explained): Pass {
  const told = answer.layers as unknown as Told[];
  const after = answer.after as unknown as LayerWeights[];
  const flat = everyLayer(placed(specsOf(asked.network), asked.layers));
  const layers: PassLayer[] = [];
  flat.forEach((layer, index) => {
    const own = told.find(({ name }) => name === layer.name);
    if (layer.spec.type !== "dense" || !own) return;
    const before = told.find(({ name }) => name === flat[index - 1]?.name);
    const next = after.find(({ name }) => name === layer.name) ?? layer.tensors;
    layers.push({
      name: layer.name,
      activation: layer.spec.activation ?? "linear",
      x: before?.activation?.[0] ?? asked.inputs,
      z: own.z?.[0] ?? [],
      a: own.activation?.[0] ?? [],
      delta: own.delta?.[0] ?? [],
      weights: matrixOf(layer.tensors),
      biases: vectorOf(layer.tensors),
      gradients: (own.gradients.weights ?? []) as Matrix,
      biasGradients: (own.gradients.biases ?? []) as readonly number[],
      after: matrixOf(next),
      biasesAfter: vectorOf(next),
      followsDense: index === 0 || flat[index - 1]?.spec.type === "dense",
      leadsToDense: flat[index + 1]?.spec.type === "dense",
      keepsBias: layer.spec.train_bias === false,
      l1: Number(layer.spec.l1 ?? 0),
      l2: Number(layer.spec.l2 ?? 0),
    });
  });
  const loss = asked.network.loss as unknown as string | { type: string };
  return {
    layers,
    inputs: asked.inputs,
    targets: asked.targets,
    outputs: (answer.outputs as number[][] | null)?.[0] ?? [],
    lossName: typeof loss === "string" ? loss : loss.type,
    loss: answer.loss ?? NaN,
    rate: asked.rate,
  };
}

const everyLayer = (layers: readonly Placed[]): Placed[] =>
  layers.flatMap((layer) => [layer, ...everyLayer(layer.children)]);
