/**
 * An exponential moving average over epochs. `strength` from 0 (as it is) to below 1 is what remains of the old after one
 * epoch of the shown range's hundredth, so that the same strength looks alike for 100 epochs and for 100,000.
 */
export function smoothed(
  epochs: readonly number[],
  values: readonly (number | null | undefined)[],
  strength: number,
): (number | null | undefined)[] {
  if (strength <= 0) return [...values];
  const unit = Math.max(1, ((epochs.at(-1) ?? 0) - (epochs[0] ?? 0)) / 100);
  let mean: number | null = null;
  let at = 0;
  return values.map((value, index) => {
    if (value === undefined) return undefined;
    if (value === null) {
      mean = null;
      return null;
    }
    const epoch = epochs[index] ?? 0;
    mean = mean === null ? value : value + (mean - value) * strength ** ((epoch - at) / unit);
    at = epoch;
    return mean;
  });
}
