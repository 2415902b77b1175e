/** The worked examples that the engine is held to, as the page sees them. */
import worked from "../../tests/worked_examples.json";
import { type LayerSpec, type LayerWeights, placed } from "../src/inside/model";

export { worked };

/** Layers beside the weights that stand in the example itself. */
export function layersOf(example: { network: { layers: unknown } }) {
  const specs = example.network.layers as LayerSpec[];
  const tensors = specs.map(
    (layer, index): LayerWeights => ({
      name: `dense_${index + 1}`,
      weights: layer.weights,
      ...(layer.biases !== undefined && { biases: layer.biases }),
    }),
  );
  return { specs, tensors, layers: placed(specs, tensors) };
}
