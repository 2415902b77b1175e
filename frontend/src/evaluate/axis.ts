import { short } from "../parts/format";

/** Where an axis begins and ends, and which numbers stand at it. */
export type Range = readonly [low: number, high: number];

const TICKS = 5;
/** From here on numbers are written as 200K or 1.5M. */
const LARGE = 1e5;
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

export const axisText = (tick: number): string =>
  Math.abs(tick) >= LARGE && Math.abs(tick) < 1e15 ? COMPACT.format(tick).replace("-", "−") : short(tick, 3);

/** From 0 to 1 where all numbers are shares; else a little beyond them. */
export function rangeOf(
  values: readonly number[],
  areShares = values.every((value) => !(value < 0 || value > 1)),
): Range {
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (known.length === 0 || areShares) return [0, 1];
  const room = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * 0.04;
  return [low - room, high + room];
}

/** Round numbers, about five. */
export function ticksOf([low, high]: Range): number[] {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
