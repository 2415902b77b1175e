import type { Job } from "./types";

/** What a job was asked to do, as one would ask for it again: without nulls, and without where its rows came from. */
export function askedOptions(job: Job): Record<string, unknown> {
  const { training, snapshots, validation, test, ...others } = job.options as Record<string, unknown>;
  const { class_weights, sample_weight, calibrate, threshold } = others;
  const asked = {
    ...(isObject(training) ? training : {}),
    snapshots,
    ...(isShare(validation) && { validation }),
    ...(isShare(test) && { test }),
    class_weights,
    ...(typeof sample_weight === "string" && { sample_weight }),
    calibrate,
    threshold,
    max_seconds: job.max_seconds,
  };
  return withoutNulls(asked) as Record<string, unknown>;
}

/** A cross-validation keeps none: it only says how good such a training is. */
export const keepsWeights = (job: Job): boolean => foldsOf(job) === null;

interface Folds {
  count: number;
  repeats?: number;
}

/** Of a cross-validation, how its rows are assigned to folds; null for any other training. */
export const foldsOf = ({ options }: Job): Folds | null => (options as { folds?: Folds | null }).folds ?? null;

/** How many folds there are, those of all repeats together; the search's repeats of a trial, too. */
export function foldCount(job: Job): number {
  const { repeats } = job.options as { repeats?: number };
  const folds = foldsOf(job);
  return folds ? folds.count * (folds.repeats ?? 1) * (repeats ?? 1) : 0;
}

/** Not the rows themselves. */
const isShare = (given: unknown): boolean => isObject(given) && typeof given.fraction === "number";

export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const known = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(known.map(([key, each]) => [key, withoutNulls(each)]));
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
