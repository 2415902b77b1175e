/** Formulas as lines: what is wanted, the formula, the same with the numbers put in, and what comes out. */
import { short } from "../parts/format";

export interface Line {
  symbol: string;
  formula: string;
  /** With the numbers put in; null where the engine alone knows the way. */
  numbers: string | null;
  result: number;
}

const DIGITS = 5;
/** Longer sums leave out their middle. */
const MOST_TERMS = 6;

export const n = (value: number) => short(value, DIGITS);
/** Negative numbers in brackets, as factors. */
export const f = (value: number) => (value < 0 ? `(${n(value)})` : n(value));

export function sum(terms: readonly string[]): string {
  if (terms.length <= MOST_TERMS) return terms.join(" + ");
  return [...terms.slice(0, 3), "…", ...terms.slice(-2)].join(" + ");
}

/** The line with its numbers only where they lead to the result: a formula never says what was not computed. */
export function line(symbol: string, formula: string, numbers: string, own: number, result: number): Line {
  const isRight =
    Math.abs(own - result) <= 1e-5 * Math.max(1e-12, Math.abs(result)) + 1e-12 ||
    (Number.isNaN(own) && Number.isNaN(result));
  return { symbol, formula, numbers: isRight ? numbers : null, result };
}
