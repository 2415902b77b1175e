import type { Job } from "./types";

/** What a job was asked to do, as one would ask for it again: without nulls, and without where its rows came from. */
export function askedOptions(job: Job): Record<string, unknown> {
  const { training, snapshots, validation, test, class_weights } = job.options as Record<string, unknown>;
  const asked = {
    ...(isObject(training) ? training : {}),
    snapshots,
    ...(isShare(validation) && { validation }),
    ...(isShare(test) && { test }),
    class_weights,
    max_seconds: job.max_seconds,
  };
  return withoutNulls(asked) as Record<string, unknown>;
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
