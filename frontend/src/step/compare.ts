/** Beside the book: each number of a pass that a text gives, and ours. */
import type { Expected } from "./examples";
import type { Pass } from "./pass";
import type { Step } from "./steps";
import * as symbol from "./symbols";

export interface Compared {
  symbol: string;
  expected: number;
  ours: number;
}

/** What the text says of one step; empty where it says nothing. `row` counts from 0. */
export function beside(pass: Pass, expected: Expected, step: Step, row: number): Compared[] {
  const found: Compared[] = [];
  const put = (name: string, value: number | undefined, ours: number | undefined) => {
    if (value !== undefined && ours !== undefined) found.push({ symbol: name, expected: value, ours });
  };
  if (step.kind === "forward") {
    const { z, a } = pass.layers[step.layer - 1]!;
    expected.z?.[step.layer - 1]?.forEach((value, unit) => put(symbol.z(step.layer, unit + 1), value, z[unit]));
    expected.activations?.[step.layer - 1]?.forEach((value, unit) =>
      put(symbol.a(step.layer, unit + 1), value, a[unit]),
    );
    if (step.layer === pass.layers.length)
      expected.first_outputs?.[row]?.forEach((value, unit) => put(symbol.a(step.layer, unit + 1), value, a[unit]));
  }
  if (step.kind === "loss") put("L", expected.loss, pass.loss);
  if (step.kind === "backward")
    expected.deltas?.[step.layer - 1]?.forEach((value, unit) =>
      put(symbol.delta(step.layer, unit + 1), value, pass.layers[step.layer - 1]!.delta[unit]),
    );
  if (step.kind === "update") {
    expected.after_one_step?.weights.forEach((matrix, at) =>
      matrix.forEach((weights, from) =>
        weights.forEach((value, to) =>
          put(symbol.w(at + 1, from + 1, to + 1), value, pass.layers[at]?.after[from]?.[to]),
        ),
      ),
    );
    expected.after_one_step?.biases?.forEach((biases, at) =>
      biases.forEach((value, unit) => put(symbol.b(at + 1, unit + 1), value, pass.layers[at]?.biasesAfter[unit])),
    );
  }
  return found;
}

export const agrees = ({ expected, ours }: Compared) => Math.abs(expected - ours) <= 1e-12;
