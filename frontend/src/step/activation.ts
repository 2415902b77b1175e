/** Activations and their derivatives as a textbook writes them, with the numbers put in. */
import { type ActivationSpec, activationName, activationOf } from "../inside/activations";
import { f, n, sum } from "./formula";

export interface Written {
  formula: string;
  numbers: string;
  value: number;
}

/** f(z); softmax needs the whole row of z. */
export function applied(
  spec: ActivationSpec,
  z: readonly number[],
  unit: number,
  zName: (unit: number) => string,
): Written {
  const own = z[unit]!;
  const name = zName(unit + 1);
  switch (activationName(spec)) {
    case "sigmoid":
      return {
        formula: `σ(${name}) = 1 / (1 + e^−${name})`,
        numbers: `1 / (1 + e^${own < 0 ? n(-own) : `(${n(-own)})`})`,
        value: 1 / (1 + Math.exp(-own)),
      };
    case "tanh":
      return { formula: `tanh ${name}`, numbers: `tanh ${f(own)}`, value: Math.tanh(own) };
    case "relu":
      return { formula: `max(${name}, 0)`, numbers: `max(${n(own)}, 0)`, value: Math.max(own, 0) };
    case "linear":
      return { formula: name, numbers: n(own), value: own };
    case "softmax": {
      const powers = z.map((value) => Math.exp(value - Math.max(...z)));
      return {
        formula: `e^${name} / (${sum(z.map((_, other) => `e^${zName(other + 1)}`))})`,
        numbers: `e^${f(own)} / (${sum(z.map((value) => `e^${f(value)}`))})`,
        value: powers[unit]! / powers.reduce((total, power) => total + power, 0),
      };
    }
    default:
      return {
        formula: `${activationName(spec)}(${name})`,
        numbers: `${activationName(spec)}(${n(own)})`,
        value: activationOf(spec)(own),
      };
  }
}

/** f'(z), from the activation where that is how it is written; null where it is not written out here. */
export function derived(spec: ActivationSpec, z: number, a: number, zName: string, aName: string): Written | null {
  switch (activationName(spec)) {
    case "sigmoid":
      return { formula: `${aName} (1 − ${aName})`, numbers: `${n(a)} · (1 − ${n(a)})`, value: a * (1 - a) };
    case "tanh":
      return { formula: `(1 − ${aName}²)`, numbers: `(1 − ${f(a)}²)`, value: 1 - a * a };
    case "relu":
      return { formula: `[${zName} > 0]`, numbers: z > 0 ? "1" : "0", value: z > 0 ? 1 : 0 };
    case "linear":
      return { formula: "1", numbers: "1", value: 1 };
    default:
      return null;
  }
}
