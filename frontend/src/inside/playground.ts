/**
 * The data sets of two inputs that the page makes itself, after those of TensorFlow Playground, and what else of a point a
 * network may be given. Each is columns of the rows that are sent: the service knows nothing of them.
 */
import type { Network } from "../api/types";
import { nameOf } from "../forms/named";
import type { Rows } from "../rows/types";
import { type Table, tableOf } from "./forward";

export type Point = readonly [x: number, y: number];

export interface Data {
  set: SetName;
  /** In percent. */
  noise: number;
  rows: number;
  /** Another one draws other points. */
  draw: number;
}

export const LABELS = ["orange", "blue"] as const;
export const MOST_NOISE = 50;
export const BOUNDS = { least: 20, most: 1000 };

/** By its id, which stands in links: the name of its column, and what it is of a point. */
export const FEATURES = {
  x: { name: "x", of: (x: number) => x },
  y: { name: "y", of: (_: number, y: number) => y },
  xx: { name: "x²", of: (x: number) => x * x },
  yy: { name: "y²", of: (_: number, y: number) => y * y },
  xy: { name: "xy", of: (x: number, y: number) => x * y },
  sinx: { name: "sin 6x", of: (x: number) => Math.sin(6 * x) },
  siny: { name: "sin 6y", of: (_: number, y: number) => Math.sin(6 * y) },
} as const satisfies Record<string, { name: string; of: (x: number, y: number) => number }>;

export type Feature = keyof typeof FEATURES;
export const EVERY_FEATURE = Object.keys(FEATURES) as Feature[];
export const nameOfFeature = (feature: Feature): string => FEATURES[feature].name;

type Uniform = (low: number, high: number) => number;

/** Points within ±1 or about so, and whether they are blue; noise is from 0 to 0.5. */
const SETS = {
  spiral: (index: number, count: number, noise: number, uniform: Uniform) => {
    const arm = index % 2;
    const along = Math.floor(index / 2) / Math.max(1, Math.floor(count / 2));
    const angle = 1.75 * along * 2 * Math.PI + arm * Math.PI;
    const radius = (5 / 6) * along;
    const shaken = (value: number) => value + (uniform(-1, 1) * noise) / 6;
    return [shaken(radius * Math.sin(angle)), shaken(radius * Math.cos(angle)), arm === 1] as const;
  },
  circles: (index: number, _: number, noise: number, uniform: Uniform) => {
    const isInner = index % 2 === 1;
    const radius = (5 / 6) * (isInner ? uniform(0, 0.5) : uniform(0.7, 1));
    const angle = uniform(0, 2 * Math.PI);
    const [x, y] = [radius * Math.sin(angle), radius * Math.cos(angle)];
    const far = Math.hypot(x + (5 / 6) * uniform(-noise, noise), y + (5 / 6) * uniform(-noise, noise));
    return [x, y, far < 5 / 12] as const;
  },
  xor: (_: number, __: number, noise: number, uniform: Uniform) => {
    const apart = (value: number) => value + (value > 0 ? 0.05 : -0.05);
    const [x, y] = [apart(uniform(-5 / 6, 5 / 6)), apart(uniform(-5 / 6, 5 / 6))];
    const shaken = (value: number) => value + (5 / 6) * uniform(-noise, noise);
    return [x, y, shaken(x) * shaken(y) >= 0] as const;
  },
  gauss: (index: number, _: number, noise: number, uniform: Uniform) => {
    const isBlue = index % 2 === 1;
    const spread = Math.sqrt(0.5 + 7 * noise) / 6;
    // Box and Muller's pair.
    const radius = spread * Math.sqrt(-2 * Math.log(1 - uniform(0, 1)));
    const angle = uniform(0, 2 * Math.PI);
    const centre = isBlue ? 1 / 3 : -1 / 3;
    return [centre + radius * Math.cos(angle), centre + radius * Math.sin(angle), isBlue] as const;
  },
};

export type SetName = keyof typeof SETS;
export const EVERY_SET = Object.keys(SETS) as SetName[];

export interface Drawn {
  points: readonly Point[];
  isBlue: readonly boolean[];
}

/** The same points for the same data, every time. */
export function drawnOf({ set, noise, rows, draw }: Data): Drawn {
  const uniform = random(draw);
  const all = Array.from({ length: rows }, (_, index) => SETS[set](index, rows, noise / 100, uniform));
  return { points: all.map(([x, y]) => [rounded(x, 4), rounded(y, 4)]), isBlue: all.map(([, , isBlue]) => isBlue) };
}

/** As they are sent: a column for each feature. */
export function rowsOf(data: Data, features: readonly Feature[]): Rows {
  const { points, isBlue } = drawnOf(data);
  return {
    inputs: points.map((point) => columns(point, features)),
    targets: isBlue.map((each) => LABELS[Number(each)]!),
  };
}

const columns = ([x, y]: Point, features: readonly Feature[]) =>
  features.map((feature) => rounded(FEATURES[feature].of(x, y), 6));

/** Numbers by a linear congruence (Numerical Recipes, section 7.1). */
function random(seed: number): Uniform {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return (low, high) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (state / 2 ** 32) * (high - low);
  };
}

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** The tag of a network that is made for such data; it says which. */
export const TAG = "playground";
export const tagOf = ({ set, noise, rows, draw }: Data): string =>
  new URLSearchParams(
    Object.entries({ data: set, noise, rows, draw }).map(([key, value]) => [key, String(value)]),
  ).toString();

export function dataOf(query: Readonly<Record<string, string | undefined>>): Data | null {
  const set = EVERY_SET.find((each) => each === query.data);
  if (!set) return null;
  return {
    set,
    noise: within(query.noise, 0, MOST_NOISE, 0),
    rows: within(query.rows, BOUNDS.least, BOUNDS.most, 200),
    draw: within(query.draw, 1, 2 ** 31, 1),
  };
}

/** A whole number of an address; what is none, or too large, is brought back. */
export function within(text: string | undefined, least: number, most: number, otherwise: number): number {
  const value = Math.round(Number(text ?? ""));
  return text === undefined || text === "" || !Number.isFinite(value)
    ? otherwise
    : Math.min(most, Math.max(least, value));
}

export function dataOfTag({ tags }: Pick<Network, "tags">): Data | null {
  return tags[TAG] === undefined ? null : dataOf(Object.fromEntries(new URLSearchParams(tags[TAG])));
}

/** What of a point the inputs of a network are; null where they are not all known, as those of other networks. */
export function featuresOf({
  inputs,
  features,
  tags,
}: Pick<Network, "inputs" | "features" | "tags">): readonly Feature[] | null {
  if (tags[TAG] === undefined || features?.length !== inputs) return null;
  const found = features.map((name) => EVERY_FEATURE.find((each) => nameOfFeature(each) === name));
  return found.every((each) => each !== undefined) ? found : null;
}

/** Whether what a network predicts can be drawn over a plane. */
export const isPlane = (network: Pick<Network, "inputs" | "features" | "tags" | "layers">): boolean =>
  featuresOf(network) !== null || (network.inputs === 2 && nameOf(network.layers[0]) !== "embedding");

/** The points of a plane as such a network takes them. */
export function expanded(points: Table, features: readonly Feature[] | null): Table {
  if (!features) return points;
  return tableOf(
    Array.from({ length: points.rows }, (_, row) => {
      const [x, y] = [points.values[2 * row]!, points.values[2 * row + 1]!];
      return features.map((feature) => FEATURES[feature].of(x, y));
    }),
  );
}

interface Row {
  inputs: readonly number[];
}

/** Where rows lie in the plane; null for a row of which that is not known, as of one without x that was not made here. */
export function pointsOf(
  network: Pick<Network, "inputs" | "features" | "tags">,
  rows: readonly Row[],
): (Point | null)[] {
  const features = featuresOf(network);
  if (!features) return rows.map(({ inputs }) => [inputs[0] ?? 0, inputs[1] ?? 0]);
  const [x, y] = [features.indexOf("x"), features.indexOf("y")];
  if (x >= 0 && y >= 0) return rows.map(({ inputs }) => [inputs[x]!, inputs[y]!]);
  const data = dataOfTag(network);
  const made = data ? drawnOf(data).points : [];
  // Rows come back in another order, and as the network holds them.
  const known = new Map(made.map((point) => [keyOf(columns(point, features)), point]));
  return rows.map(({ inputs }) => known.get(keyOf(inputs)) ?? null);
}

const keyOf = (inputs: readonly number[]) => inputs.map(Math.fround).join();
