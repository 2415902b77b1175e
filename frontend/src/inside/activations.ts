/** Every activation of the engine as a plain function, by name; softmax looks at a whole row and stands in `forward`. */

export type ActivationSpec = string | { type: string; negative_slope?: number; alpha?: number };

export const nameOf = (spec: ActivationSpec) => (typeof spec === "string" ? spec : spec.type);

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const SELU = { alpha: 1.6732632423543772, lambda: 1.0507009873554805 };

export function activationOf(spec: ActivationSpec): (z: number) => number {
  const options = typeof spec === "string" ? { type: spec } : spec;
  switch (options.type) {
    case "sigmoid":
      return sigmoid;
    case "tanh":
      return Math.tanh;
    case "relu":
      return (z) => Math.max(z, 0);
    case "leaky_relu": {
      const slope = options.negative_slope ?? 0.01;
      return (z) => (z > 0 ? z : slope * z);
    }
    case "elu": {
      const alpha = options.alpha ?? 1;
      return (z) => (z > 0 ? z : alpha * Math.expm1(z));
    }
    case "selu":
      return (z) => SELU.lambda * (z > 0 ? z : SELU.alpha * Math.expm1(z));
    case "gelu":
      return (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));
    case "swish":
      return (z) => z * sigmoid(z);
    case "softplus":
      return softplus;
    case "softsign":
      return (z) => z / (1 + Math.abs(z));
    case "hard_sigmoid":
      return (z) => Math.min(Math.max(z / 6 + 0.5, 0), 1);
    case "mish":
      return (z) => z * Math.tanh(softplus(z));
    default:
      return (z) => z;
  }
}
