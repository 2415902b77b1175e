/** What differs between two versions, taken apart into single values. */
import { isObject } from "../api/options";
import { stepsOf } from "../api/problem";
import type { Diff } from "../api/types";

export interface Difference {
  /** Where it is: optimizer › learning_rate. Places in lists are counted from 1. */
  place: string;
  /** Undefined where there is nothing. */
  from: unknown;
  to: unknown;
}

type Change = Diff["spec"][number];

const STEP = " › ";

/** An object that stands on one side alone, or was exchanged for another, is told value by value. */
export const leavesOf = (changes: readonly Change[]): Difference[] =>
  changes.flatMap(({ path, from, to }) => leaves(stepsOf(path).map(called), from ?? undefined, to ?? undefined));

function leaves(steps: string[], from: unknown, to: unknown): Difference[] {
  if (!isNested(from) && !isNested(to)) return isSame(from, to) ? [] : [{ place: steps.join(STEP), from, to }];
  const [before, after] = [partsOf(from), partsOf(to)];
  const own = [from, to].filter((side) => !isNested(side) && side !== undefined && side !== null);
  if (own.length > 0) return [{ place: steps.join(STEP), from, to }];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    leaves([...steps, called(key)], before.get(key), after.get(key)),
  );
}

const isNested = (value: unknown): boolean => isObject(value) || (Array.isArray(value) && value.some(isNested));

function partsOf(value: unknown): Map<string, unknown> {
  if (Array.isArray(value)) return new Map(value.map((each, index) => [String(index), each]));
  return new Map(isObject(value) ? Object.entries(value) : []);
}

/** Null is what is not there, too. */
const isSame = (from: unknown, to: unknown): boolean => JSON.stringify(from ?? null) === JSON.stringify(to ?? null);

const called = (step: string): string => (/^\d+$/.test(step) ? String(Number(step) + 1) : step);
