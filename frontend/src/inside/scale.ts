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

/** Colours between the paper and an end: more than a screen can show. */
const STEPS = 256;

/** How shares become pixels: those from −1 to 1 have the colours of `tint`, weakened to `strength`. */
export interface Paint {
  theme: string;
  strength?: number;
  /** The colour at 1 of a share, by the name of its custom property. */
  positive?(index: number): string;
}

/** Little-endian pixels, from tables that are made once a theme. */
export function paint(pixels: Uint32Array, shares: ArrayLike<number>, { theme, strength = 1, positive }: Paint): void {
  const negative = tableOf(theme, "negative");
  const plain = tableOf(theme, "positive");
  const steps = STEPS * strength;
  let [name, own] = ["positive", plain];
  for (let index = 0; index < pixels.length; index += 1) {
    const share = shares[index] || 0;
    if (positive && share >= 0 && positive(index) !== name) {
      name = positive(index);
      own = tableOf(theme, name);
    }
    const table = share < 0 ? negative : own;
    pixels[index] = table[Math.round(Math.min(1, Math.abs(share)) * steps)]!;
  }
}

const known = new Map<string, Map<string, Uint32Array>>();

function tableOf(theme: string, name: string): Uint32Array {
  const tables = known.get(theme) ?? new Map<string, Uint32Array>();
  known.set(theme, tables);
  const table = tables.get(name) ?? tableTo(name);
  tables.set(name, table);
  return table;
}

function tableTo(name: string): Uint32Array {
  const [paper, end] = [rgbOf("paper"), rgbOf(name)];
  return Uint32Array.from({ length: STEPS + 1 }, (_, step) => {
    const [red, green, blue] = paper.map((from, index) =>
      Math.round(from + (end[index]! - from) * (step / STEPS)),
    ) as Rgb;
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}
