/** The colour of each unit in a drawing. */
import { classColour } from "../parts/classes";
import { largest, shareOf, tint } from "./scale";
import type { Stage } from "./stages";

type Values = readonly (readonly number[] | null)[];
export type Fills = readonly (readonly string[])[];

/** `deltas` are the stages that show derivatives, which have no scale but the largest among them. */
export function fillsOf(
  stages: readonly Stage[],
  values: Values,
  inputs: readonly number[] = [],
  deltas: ReadonlySet<number> = new Set(),
): Fills {
  return values.map((own, at) => {
    const most = deltas.has(at) ? largest(own ?? []) || 1 : null;
    return (own ?? []).map((value, unit) => {
      if (!Number.isFinite(value)) return "var(--raised)";
      if (most !== null) return tint(value / most);
      return at === 0 && stages[0]!.outName === ""
        ? inputFill(value, inputs[unit])
        : unitFill(stages[at]!, unit, value);
    });
  });
}

/** Probabilities of classes have the colours of the classes. */
const unitFill = ({ scale }: Stage, unit: number, value: number): string =>
  scale === "share" ? tint(value, classColour(unit)) : tint(shareOf(scale, value));

/** An input that no layer has scaled yet has no scale of its own; `most` is the largest of its column, where rows are known. */
const inputFill = (value: number, most: number | undefined): string =>
  tint(most ? value / most : shareOf("open", value));

/** Of each input the largest size among the rows. */
export function inputSizes(rows: readonly { inputs: readonly number[] }[]): number[] {
  return (rows[0]?.inputs ?? []).map((_, column) => largest(rows.map(({ inputs }) => inputs[column] ?? 0)));
}
