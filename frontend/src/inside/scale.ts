/** Colours of numbers: orange, the paper, blue; and widths of lines. Colours mix in CSS, so themes need no redraw. */
import { type Rgb, rgbOf } from "../parts/colours";

/** How a number becomes a colour: around 0.5, around 0 up to ±1, from 0 to 1, or around 0 without an end. */
export type Scale = "half" | "signed" | "share" | "open";

const SCALES: Readonly<Record<string, Scale>> = {
  sigmoid: "half",
  hard_sigmoid: "half",
  tanh: "signed",
  softsign: "signed",
  softmax: "share",
};

export const scaleOf = (activation: string): Scale => SCALES[activation] ?? "open";

/** From −1 to 1, by the scale alone: the same value has the same colour in every layer, for every row, at every epoch. */
export function shareOf(scale: Scale, value: number): number {
  if (scale === "half") return 2 * value - 1;
  return scale === "open" ? value / (1 + Math.abs(value)) : value;
}

/** From −1 to 1. `positive` is the colour at 1. */
export function tint(share: number, positive = "positive"): string {
  const strength = Math.min(1, Math.abs(share));
  return `color-mix(in oklab, var(--${share < 0 ? "negative" : positive}) ${(100 * strength).toFixed(1)}%, var(--paper))`;
}

export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

export type Palette = (share: number, positive?: string) => Rgb;

/** The same scale as `tint`, for canvases: read once a drawing. */
export function palette(): Palette {
  const known = new Map<string, Rgb>();
  const read = (name: string): Rgb => {
    const rgb = known.get(name) ?? rgbOf(name);
    known.set(name, rgb);
    return rgb;
  };
  const paper = read("paper");
  return (share, positive = "positive") => {
    const end = read(share < 0 ? "negative" : positive);
    const strength = Math.min(1, Math.abs(share) || 0);
    return paper.map((from, index) => Math.round(from + (end[index]! - from) * strength)) as Rgb;
  };
}
