/** Colours of signed numbers: orange, the paper, blue; and widths of lines. Colours mix in CSS, so themes need no redraw. */
import { type Rgb, rgbOf } from "../parts/colours";

/** From −1 to 1. */
export function tint(share: number): string {
  const strength = Math.min(1, Math.abs(share));
  return `color-mix(in oklab, var(--${share < 0 ? "negative" : "positive"}) ${(100 * strength).toFixed(1)}%, var(--paper))`;
}

export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

export type Palette = (share: number) => Rgb;

/** The same scale as `tint`, for canvases: read once a drawing. */
export function palette(): Palette {
  const [paper, positive, negative] = [rgbOf("paper"), rgbOf("positive"), rgbOf("negative")];
  return (share) => {
    const end = share < 0 ? negative : positive;
    const strength = Math.min(1, Math.abs(share) || 0);
    return paper.map((from, index) => Math.round(from + (end[index]! - from) * strength)) as Rgb;
  };
}
