/** What a network predicts at every point of a plane, as colours: by class, or as a number around a middle. */
import { classColour } from "../parts/classes";
import { short } from "../parts/format";
import type { Table } from "./forward";
import { largest, type Scale } from "./scale";
import { boundary, columnOf } from "./surface";

export interface Landscape {
  /** From −1 to 1 at every point; 0 is where it is undecided. */
  shares: Float64Array;
  /** The colour at 1 of a point, by name. */
  positive: (point: number) => string;
  /** Where it is undecided, as an SVG path. */
  line: string;
  /** The value at which it is undecided, where it is not a matter of classes. */
  middle: string | null;
}

/** Of all classes: each point in the colour of the likeliest one, the deeper the clearer. */
export function byClass(outputs: Table): Landscape {
  const winner = new Uint16Array(outputs.rows);
  const shares = new Float64Array(outputs.rows);
  for (let row = 0; row < outputs.rows; row += 1) {
    const own = outputs.values.subarray(row * outputs.width, (row + 1) * outputs.width);
    const best = own.reduce((most, value, unit) => (value > own[most]! ? unit : most), 0);
    winner[row] = best;
    shares[row] = own[best]! - othersOf(own, best);
  }
  const lines = Array.from({ length: outputs.width }, (_, unit) => boundary(ofClass(outputs, unit).shares));
  return { shares, positive: (point) => classColour(winner[point]!), line: lines.join(""), middle: null };
}

/** Of one class against the likeliest other one. */
export function ofClass(outputs: Table, unit: number): Landscape {
  const shares = columnOf(outputs, unit).map(
    (value, row) => value - othersOf(outputs.values.subarray(row * outputs.width, (row + 1) * outputs.width), unit),
  );
  return { shares, positive: () => classColour(unit), line: boundary(shares), middle: null };
}

/** Of a number: around 0.5 for a sigmoid, around 0 up to ±1 for a tanh, else around the middle of the known targets. */
export function ofNumber(outputs: Table, unit: number, scale: Scale, targets: readonly number[]): Landscape {
  const column = columnOf(outputs, unit);
  const [middle, reach] = numberScale(scale, targets.length > 0 ? targets : [...column]);
  const shares = column.map((value) => (value - middle) / reach);
  return { shares, positive: () => "positive", line: boundary(shares), middle: short(middle, 3) };
}

/** The value that is paper, and how far from it colours are full. */
export function numberScale(scale: Scale, values: readonly number[]): [middle: number, reach: number] {
  if (scale === "half" || scale === "share") return [0.5, 0.5];
  if (scale === "signed") return [0, 1];
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return finite.length === 0 || low === high ? [0, largest(finite) || 1] : [(low + high) / 2, (high - low) / 2];
}

function othersOf(own: Float64Array, chosen: number): number {
  return own.reduce((most, value, unit) => (unit === chosen ? most : Math.max(most, value)), 0);
}
