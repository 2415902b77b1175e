/** Trials as pictures show them. */
import type { Parameter, Search } from "../api/searches";
import type { Trial } from "../api/types";
import type { Point } from "../evaluate/Plot";

export interface Done extends Trial {
  value: number;
}

/** With what each has been worth so far: one that is paused at a rung has a value there. */
export const doneOf = (trials: readonly Trial[]): Done[] =>
  trials.map((trial) => ({ ...trial, value: worthOf(trial) })).filter((trial): trial is Done => trial.value !== null);

export const worthOf = ({ value, rungs = [] }: Pick<Trial, "value" | "rungs">): number | null =>
  value ?? rungs.findLast((rung) => rung.value !== null)?.value ?? null;

const ENDED = ["succeeded", "pruned", "diverged", "failed", "cancelled"] as const;

/** How many trials of a search go on no more, however they ended. */
export const endedOf = ({ counts }: Pick<Search, "counts">): number =>
  ENDED.reduce((sum, status) => sum + counts[status], 0);

type Goal = Search["objective"]["goal"];

/** The best until then after each trial that has a value: a line with a step where one is better. */
export function bestSoFar(done: readonly Done[], goal: Goal): [trial: number, value: number][] {
  const better = goal === "maximize" ? Math.max : Math.min;
  let best: number | null = null;
  return done.flatMap(({ trial, value }): [number, number][] => {
    const before = best;
    best = before === null ? value : better(before, value);
    return before === null || before === best
      ? [[trial, best]]
      : [
          [trial, before],
          [trial, best],
        ];
  });
}

/** Best first. */
export const ranked = (done: readonly Done[], goal: Goal): Done[] =>
  done.toSorted((a, b) => (goal === "maximize" ? b.value - a.value : a.value - b.value) || a.trial - b.trial);

/** So many times as far from the best as the middle one is. */
const FAR = 4;

/** The values with those far worse than the rest moved to where the picture ends, and how many those are. */
export function clamped(done: readonly Done[], goal: Goal): { values: number[]; beyond: number } {
  const order = ranked(done, goal).map(({ value }) => value);
  const [best, middle] = [order[0] ?? 0, order[order.length >> 1] ?? 0];
  const end = best + FAR * (middle - best);
  const isBeyond = (value: number) => middle !== best && (goal === "maximize" ? value < end : value > end);
  const values = done.map(({ value }) => (isBeyond(value) ? end : value));
  return { values, beyond: done.filter(({ value }) => isBeyond(value)).length };
}

/** Where a value stands on its axis, from 0 to 1; null where a trial has no such parameter. */
export function placeOn(parameter: Parameter, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (parameter.values) {
    const place = parameter.values.findIndex((each) => isSame(each, value));
    return place < 0 ? null : parameter.values.length === 1 ? 0.5 : place / (parameter.values.length - 1);
  }
  const { low = 0, high = 1, scale } = parameter;
  const at = (number: number) => (scale === "log" ? Math.log(number) : number);
  return high === low ? 0.5 : (at(Number(value)) - at(low)) / (at(high) - at(low));
}

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The ends of an axis. */
export function endsOf({ values, low = 0, high = 1 }: Parameter): [low: unknown, high: unknown] {
  return values ? [values[0], values.at(-1)] : [low, high];
}

/** Powers of ten, and where there are few of them 2 and 5 times each, as an axis of logarithms shows them. */
export function logTicks({ low = 1, high = 10 }: Parameter): { at: number; text: string }[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const times = powers.length > 3 ? [1] : [1, 2, 5];
  return powers
    .flatMap((power) => times.map((each) => Number((each * 10 ** power).toPrecision(12))))
    .filter((value) => value >= low && value <= high)
    .map((value) => ({
      at: Math.log10(value),
      text: value >= 1e-3 && value < 1e5 ? String(value) : `1e${Math.round(Math.log10(value))}`,
    }));
}

interface ByValue {
  value: unknown;
  count: number;
  best: number;
  median: number;
}

/** What came of each value of a parameter: the best value first. */
export function byValue(done: readonly Done[], pointer: string, goal: Goal): ByValue[] {
  const groups = new Map<string, Done[]>();
  for (const trial of ranked(done, goal)) {
    const key = JSON.stringify(trial.parameters[pointer] ?? null);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups].map(([key, trials]) => ({
    value: JSON.parse(key),
    count: trials.length,
    best: trials[0]!.value,
    median: medianOf(trials.map(({ value }) => value)),
  }));
}

/** Of sorted values, in either direction. */
function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of each trial what it was worth at its rungs, by epoch; the last one has the epochs of all. */
export function rungLines(search: Search, trials: readonly Trial[]): { trial: number; points: Point[] }[] {
  const last = typeof search.training.epochs === "number" ? search.training.epochs : null;
  return trials.flatMap(({ trial, rungs = [], value }) => {
    const points = rungs.flatMap((rung): Point[] => {
      const epoch = rung.epoch ?? last;
      const worth = rung.value ?? (rung.epoch === null ? value : null);
      return epoch === null || worth === null || worth === undefined ? [] : [[epoch, worth]];
    });
    return points.length > 0 ? [{ trial, points }] : [];
  });
}

/** Where a trial of one's own begins: at the best one's values, as far as there is one. */
export const startOf = ({ parameters, best }: Search): Record<string, unknown> =>
  Object.fromEntries(Object.keys(parameters).map((pointer) => [pointer, best?.parameters[pointer] ?? null]));
