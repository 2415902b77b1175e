/** One colour per class, everywhere: cards, dots, surfaces, outputs, bars and tables. */
import { few } from "./format";

const COLOURS = 10;

/** The name of its custom property. Two classes are orange and blue, like what is below and above 0.5. */
export const classColour = (index: number): string => `class-${(index % COLOURS) + 1}`;

/** The class that targets stand for: of one output the side of 0.5, of several the only one that is set. */
export function classOf(targets: readonly number[], classes: number): number | null {
  if (targets.length === 1) return classes === 2 ? Number(targets[0]! > 0.5) : null;
  const isOneHot = targets.length === classes && targets.filter(Boolean).length === 1;
  return isOneHot ? targets.findIndex(Boolean) : null;
}

/** Targets as a person says them: the name of the class, or the numbers. */
export function targetName(targets: readonly number[], labels: readonly string[] | null | undefined): string {
  const index = labels ? classOf(targets, labels.length) : null;
  return (index !== null && labels?.[index]) || few(targets);
}

/** What each output stands for: its class, and of a single output for two classes the one it is the probability of. */
export function outputNames(outputs: number, labels: readonly string[] | null | undefined): readonly string[] {
  if (!labels) return [];
  return outputs === 1 ? labels.slice(1, 2) : labels;
}
