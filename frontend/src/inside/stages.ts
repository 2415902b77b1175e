/** A network as a picture shows it: columns of units, and between two of them the weights that lead from one to the next. */
import { activationName } from "./activations";
import { type Matrix, matrixOf, type Placed, vectorOf } from "./model";
import { type Scale, scaleOf } from "./scale";

export interface Stage {
  /** Of the dense layer whose units these are; "" for the inputs. */
  name: string;
  /** Of the last layer before the next dense one: what it hands on is what the units show. */
  outName: string;
  units: number;
  /** What lies between the weighted sums and the next layer, in words: `tanh`, `relu · dropout`. */
  caption: string;
  /** How the numbers that its units show become colours. */
  scale: Scale;
  /** From the column before, (units before, units); null before the inputs, and where no weights join two columns. */
  weights: Matrix | null;
  biases: readonly number[];
}

export function stagesOf(inputs: number, layers: readonly Placed[]): Stage[] {
  const stages: Stage[] = [
    { name: "", outName: "", units: inputs, caption: "", scale: "open", weights: null, biases: [] },
  ];
  visit(layers, stages);
  return stages;
}

function visit(layers: readonly Placed[], stages: Stage[]): void {
  for (const layer of layers) {
    const last = stages.at(-1)!;
    if (layer.spec.type === "dense") {
      const weights = matrixOf(layer.tensors);
      const fits = weights.length === last.units;
      const activation = activationName(layer.spec.activation);
      stages.push({
        name: layer.name,
        outName: layer.name,
        units: layer.spec.units ?? weights[0]?.length ?? 0,
        caption: activation,
        scale: scaleOf(activation),
        weights: fits ? weights : null,
        biases: vectorOf(layer.tensors),
      });
    } else if (layer.spec.type === "residual") {
      visit(layer.children, stages);
      say(stages.at(-1)!, "+ skip", layer.name);
      stages.at(-1)!.scale = "open";
    } else if (layer.spec.type === "embedding") {
      const extra = (layer.spec.columns ?? []).reduce((sum, { size }) => sum + size - 1, 0);
      say(last, "embedding", layer.name);
      last.units += extra;
    } else {
      const activation = layer.spec.type === "activation" ? activationName(layer.spec.activation) : null;
      say(last, activation ?? layer.spec.type, layer.name);
      if (layer.spec.type === "dropout") continue;
      last.scale = activation === null ? "open" : scaleOf(activation);
    }
  }
}

function say(stage: Stage, word: string, outName: string): void {
  stage.caption = stage.caption ? `${stage.caption} · ${word}` : word;
  stage.outName = outName;
}
