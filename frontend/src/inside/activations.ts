/** Every activation of the engine as a plain function; softmax looks at a whole row and stands in `forward`. */
import { nameOf, optionsOf } from "../forms/named";

export type ActivationSpec = string | { type: string; negative_slope?: number; alpha?: number };
type Curve = (z: number) => number;
type Options = Record<string, unknown>;

const sigmoid: Curve = (z) => 1 / (1 + Math.exp(-z));
const softplus: Curve = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const elu =
  (alpha: number): Curve =>
  (z) =>
    z > 0 ? z : alpha * Math.expm1(z);
/** Φ(z) by the continued fraction or the series of its tail, whichever converges. */
const normal: Curve = (z) => {
  const size = Math.abs(z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (size > 4) {
    let fraction = size;
    for (let step = 60; step > 0; step--) fraction = size + step / fraction;
    return z < 0 ? density / fraction : 1 - density / fraction;
  }
  let term = z;
  let sum = z;
  for (let step = 3; step < 120; step += 2) {
    term *= (z * z) / step;
    sum += term;
  }
  return 0.5 + density * sum;
};
const SELU = { alpha: 1.6732632423543772, lambda: 1.0507009873554805 };

const number = (value: unknown, fallback: number) => (typeof value === "number" ? value : fallback);

const CURVES: Record<string, (options: Options) => Curve> = {
  linear: () => (z) => z,
  sigmoid: () => sigmoid,
  tanh: () => Math.tanh,
  relu: () => (z) => Math.max(z, 0),
  leaky_relu: ({ negative_slope }) => {
    const slope = number(negative_slope, 0.01);
    return (z) => (z > 0 ? z : slope * z);
  },
  elu: ({ alpha }) => elu(number(alpha, 1)),
  selu: () => {
    const curve = elu(SELU.alpha);
    return (z) => SELU.lambda * curve(z);
  },
  gelu: () => (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  gelu_exact: () => (z) => z * normal(z),
  swish: () => (z) => z * sigmoid(z),
  softplus: () => softplus,
  softsign: () => (z) => z / (1 + Math.abs(z)),
  hard_sigmoid: () => (z) => Math.min(Math.max(z / 6 + 0.5, 0), 1),
  mish: () => (z) => z * Math.tanh(softplus(z)),
};

/** Null where a single number has no curve, as with softmax. */
export const curveOf = (name: string, options: Options = {}): Curve | null =>
  Object.hasOwn(CURVES, name) ? CURVES[name]!(options) : null;

export const activationName = (spec: ActivationSpec | undefined): string => nameOf(spec) ?? "linear";

export const activationOf = (spec: ActivationSpec): Curve =>
  curveOf(activationName(spec), optionsOf(spec)) ?? ((z) => z);
