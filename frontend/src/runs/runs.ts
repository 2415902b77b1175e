/** Runs as rows of a table: found by words, sorted by any number, with a column for each option in which they differ. */
import { askedOptions, isObject } from "../api/options";
import type { Job, JobStatus, Network } from "../api/types";

export interface Run {
  job: Job;
  /** Options by dotted name. */
  options: ReadonlyMap<string, string | number | boolean>;
  /** Everything that a search looks into, in lower case. */
  text: string;
}

export type Direction = "up" | "down";

export interface Sorting {
  /** One of `COLUMNS`, or an option by its dotted name. */
  by: string;
  direction: Direction;
}

type Value = string | number | boolean | null | undefined;

/** What a table of runs always shows, and how it is sorted. */
export const COLUMNS = {
  created: (job: Job): Value => job.created_at,
  network: (job: Job): Value => job.network,
  status: (job: Job): Value => job.status,
  epoch: (job: Job): Value => job.epoch,
  best: (job: Job): Value => job.best_value,
  seconds: (job: Job): Value => job.seconds,
  rows: (job: Job): Value => job.rows,
} as const;

export const isColumn = (name: string): name is keyof typeof COLUMNS => name in COLUMNS;

export function runsOf(jobs: readonly Job[], networks: ReadonlyMap<string, Network>): Run[] {
  return jobs.map((job) => {
    const options = optionsOf(job);
    const tags = Object.entries(networks.get(job.network_id)?.tags ?? {}).map(([key, value]) => `${key}:${value}`);
    const texts = [job.network, job.id, job.status, ...tags, ...options.values()];
    return { job, options, text: texts.join("\n").toLowerCase() };
  });
}

const flattened = new WeakMap<Job, ReadonlyMap<string, string | number | boolean>>();

/** Remembered, for the same jobs come again with every page that is loaded. */
function optionsOf(job: Job): ReadonlyMap<string, string | number | boolean> {
  const known = flattened.get(job) ?? new Map(leaves("", askedOptions(job)));
  flattened.set(job, known);
  return known;
}

/** `optimizer` is its type, `optimizer.learning_rate` the rate; of a list, its words. */
function leaves(name: string, value: unknown): [string, string | number | boolean][] {
  if (Array.isArray(value)) {
    const words = value.map((each) => (isObject(each) ? String(each.type) : String(each)));
    return words.length > 0 ? [[name, words.join(", ")]] : [];
  }
  if (!isObject(value)) return [[name, value as string | number | boolean]];
  return Object.entries(value).flatMap(([key, each]) =>
    leaves(key === "type" ? name : name ? `${name}.${key}` : key, each),
  );
}

/** Those with every word, and of one of the statuses where any are given. */
export function found(runs: readonly Run[], search: string, statuses: readonly JobStatus[]): readonly Run[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && statuses.length === 0) return runs;
  return runs.filter(
    ({ job, text }) =>
      (statuses.length === 0 || statuses.includes(job.status)) && words.every((word) => text.includes(word)),
  );
}

/** What is missing stands last, whichever way. */
export function sorted(runs: readonly Run[], { by, direction }: Sorting): readonly Run[] {
  const value = (run: Run): Value => (isColumn(by) ? COLUMNS[by](run.job) : run.options.get(by));
  const sign = direction === "up" ? 1 : -1;
  return runs.toSorted((a, b) => {
    const [x, y] = [value(a) ?? null, value(b) ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * String(x).localeCompare(String(y));
  });
}

/** The options in which these runs are not all alike, those that vary most first. */
export function differing(runs: readonly Run[], most: number): string[] {
  const values = new Map<string, Set<unknown>>();
  const counts = new Map<string, number>();
  for (const { options } of runs) {
    for (const [name, value] of options) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const seen = values.get(name);
      if (seen) seen.add(value);
      else values.set(name, new Set([value]));
    }
  }
  const spread = (name: string) => values.get(name)!.size + Number(counts.get(name)! < runs.length);
  return [...values.keys()]
    .filter((name) => spread(name) > 1 && name !== "epochs")
    .sort((a, b) => spread(b) - spread(a))
    .slice(0, most);
}

/** Of each network the runs with the smallest loss, of those that were measured by the same kind of loss. */
export function bestOf(runs: readonly Run[]): ReadonlySet<string> {
  const best = new Map<string, Job>();
  for (const { job } of runs) {
    if (job.best_value === null || job.best_value === undefined || !job.monitored.endsWith("loss")) continue;
    const key = `${job.network_id} ${job.monitored}`;
    const before = best.get(key);
    if (!before || job.best_value < before.best_value!) best.set(key, job);
  }
  const counts = new Map<string, number>();
  for (const { job } of runs)
    counts.set(`${job.network_id} ${job.monitored}`, (counts.get(`${job.network_id} ${job.monitored}`) ?? 0) + 1);
  return new Set([...best].flatMap(([key, job]) => (counts.get(key)! > 1 ? [job.id] : [])));
}
