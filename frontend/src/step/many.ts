/** Many steps at once, in the browser: gradient descent on one row through dense layers, each step as the service explains it. */
import { activationName, activationOf } from "../inside/activations";
import { type LayerSpec, type LayerWeights, matrixOf, vectorOf } from "../inside/model";
import { lossName, type Setting } from "./source";

interface Dense {
  activation: string;
  trainsBias: boolean;
  weights: number[][];
  biases: number[];
}

/** f'(z) by the activation itself. */
const SLOPES: Readonly<Record<string, (a: number) => number>> = {
  sigmoid: (a) => a * (1 - a),
  tanh: (a) => 1 - a * a,
  relu: (a) => (a > 0 ? 1 : 0),
  linear: () => 1,
};

/** The derivative of the loss by an output, where its terms are independent. */
const ERRORS: Readonly<Record<string, (a: number, y: number, outputs: number) => number>> = {
  half_squared_error: (a, y) => a - y,
  mean_squared_error: (a, y, outputs) => (2 * (a - y)) / outputs,
};

/** Whether every layer and the loss are among those that are written out here. */
export function canTakeMany({ network }: Setting): boolean {
  const layers = network.layers as LayerSpec[];
  return (
    lossName(network.loss) in ERRORS &&
    isMean(network.loss) &&
    layers.every(
      (layer) =>
        layer.type === "dense" &&
        activationName(layer.activation) in SLOPES &&
        !layer.l1 &&
        !layer.l2 &&
        !layer.max_norm,
    )
  );
}

/** Of one row, mean and sum are the same; other reductions are not. */
const isMean = (loss: unknown) => {
  const { reduction = "mean" } = typeof loss === "object" && loss !== null ? (loss as { reduction?: string }) : {};
  return reduction === "mean" || reduction === "sum";
};

export interface Taken {
  layers: readonly LayerWeights[];
  /** Before each of some of the steps, the first among them. */
  losses: readonly number[];
}

/** Losses kept of a walk, for its picture. */
const KEPT = 100;

export function takeMany({ network, layers, inputs, targets, rate }: Setting, steps: number): Taken {
  const specs = network.layers as LayerSpec[];
  const dense = specs.map(
    (spec, at): Dense => ({
      activation: activationName(spec.activation),
      trainsBias: spec.train_bias !== false,
      weights: matrixOf(layers[at]!).map((row) => [...row]),
      biases: [...vectorOf(layers[at]!)],
    }),
  );
  const loss = lossName(network.loss);
  const losses: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const outputs = descend(dense, loss, inputs, targets, rate);
    if (step % Math.max(1, Math.ceil(steps / KEPT)) === 0) losses.push(lossOf(loss, outputs, targets));
  }
  return {
    layers: layers.map((layer, at) => ({
      ...layer,
      weights: dense[at]!.weights,
      ...(dense[at]!.biases.length > 0 && { biases: dense[at]!.biases }),
    })),
    losses,
  };
}

/** One step in place; the answer are the outputs before it. */
function descend(
  dense: Dense[],
  loss: string,
  inputs: readonly number[],
  targets: readonly number[],
  rate: number,
): readonly number[] {
  const activations: (readonly number[])[] = [inputs];
  for (const { weights, biases, activation } of dense) {
    const x = activations.at(-1)!;
    const f = activationOf(activation);
    activations.push(
      weights[0]!.map((_, unit) =>
        f(x.reduce((sum, value, from) => sum + value * weights[from]![unit]!, biases[unit] ?? 0)),
      ),
    );
  }
  const outputs = activations.at(-1)!;
  let errors = outputs.map((a, unit) => ERRORS[loss]!(a, targets[unit]!, outputs.length));
  for (let at = dense.length - 1; at >= 0; at -= 1) {
    const { weights, biases, activation, trainsBias } = dense[at]!;
    const deltas = errors.map((error, unit) => error * SLOPES[activation]!(activations[at + 1]![unit]!));
    const x = activations[at]!;
    errors = weights.map((row) => row.reduce((sum, weight, unit) => sum + weight * deltas[unit]!, 0));
    weights.forEach((row, from) => {
      for (let unit = 0; unit < row.length; unit += 1) row[unit]! -= rate * x[from]! * deltas[unit]!;
    });
    if (trainsBias) for (let unit = 0; unit < biases.length; unit += 1) biases[unit]! -= rate * deltas[unit]!;
  }
  return outputs;
}

function lossOf(loss: string, outputs: readonly number[], targets: readonly number[]): number {
  const sum = outputs.reduce((total, a, unit) => total + (a - targets[unit]!) ** 2, 0);
  return loss === "half_squared_error" ? sum / 2 : sum / outputs.length;
}
