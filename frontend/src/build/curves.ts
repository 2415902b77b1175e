/** Every activation as a function to be drawn; those of a whole row, as softmax, have no curve. */
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softplus = (z: number) => Math.log1p(Math.exp(z));
const elu = (alpha: number) => (z: number) => (z > 0 ? z : alpha * Math.expm1(z));

type Options = Record<string, unknown>;
const option = (options: Options, name: string, fallback: number) => (typeof options[name] === "number" ? (options[name] as number) : fallback);

const CURVES: Record<string, (options: Options) => (z: number) => number> = {
  linear: () => (z) => z,
  sigmoid: () => sigmoid,
  tanh: () => Math.tanh,
  relu: () => (z) => Math.max(z, 0),
  leaky_relu: (options) => (z) => (z > 0 ? z : option(options, "negative_slope", 0.01) * z),
  elu: (options) => elu(option(options, "alpha", 1)),
  selu: () => (z) => 1.0507 * elu(1.6733)(z),
  gelu: () => (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  swish: () => (z) => z * sigmoid(z),
  softplus: () => softplus,
  softsign: () => (z) => z / (1 + Math.abs(z)),
  hard_sigmoid: () => (z) => Math.min(Math.max(z / 6 + 0.5, 0), 1),
  mish: () => (z) => z * Math.tanh(softplus(z)),
};

export const curveOf = (name: string, options: Options = {}): ((z: number) => number) | null => CURVES[name]?.(options) ?? null;
