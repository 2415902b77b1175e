/** How many of some numbers lie in each of equal bins, from the smallest to the largest. */
export interface Histogram {
  low: number;
  high: number;
  counts: number[];
  nonfinite: number;
}

const BINS = 30;

export function histogramOf(values: readonly number[]): Histogram {
  const finite = values.filter(Number.isFinite);
  const nonfinite = values.length - finite.length;
  if (finite.length === 0) return { low: 0, high: 0, counts: [], nonfinite };
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const counts = Array<number>(BINS).fill(0);
  const width = (high - low) / BINS || 1;
  for (const value of finite) counts[Math.min(BINS - 1, Math.floor((value - low) / width))]! += 1;
  return { low, high, counts, nonfinite };
}
