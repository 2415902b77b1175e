/** Runs as rows of a table: what the service is asked for, and a column for each option in which those shown differ. */
import type { JobOrder } from "../api/jobs";
import { askedOptions, isObject } from "../api/options";
import type { Job, JobStatus } from "../api/types";

export interface Run {
  job: Job;
  /** Options by dotted name. */
  options: ReadonlyMap<string, string | number | boolean>;
}

export type Direction = "up" | "down";

export interface Sorting {
  /** One of `COLUMNS`, or an option by its dotted name. */
  by: string;
  direction: Direction;
}

/** What a table of runs always shows, and what the service calls it. */
export const COLUMNS = {
  created: "created_at",
  network: "network",
  status: "status",
  epoch: "epoch",
  best: "best_value",
  seconds: "seconds",
  rows: "rows",
} as const;

const isColumn = (name: string): name is keyof typeof COLUMNS => name in COLUMNS;

/** How the service is to sort; it knows options by the same names. */
export const orderOf = ({ by, direction }: Sorting): JobOrder => ({
  sort: isColumn(by) ? COLUMNS[by] : by,
  order: direction === "up" ? "asc" : "desc",
});

export const STATUSES: readonly JobStatus[] = ["queued", "running", "paused", "succeeded", "failed", "cancelled"];
const PASSING: readonly JobStatus[] = ["pausing", "cancelling"];
/** More waiting jobs than these are one line. */
export const MOST_WAITING = 3;

/** Which statuses are listed: the one that is asked for, or else all, without a queue that is folded. */
export function shownStatuses(asked: JobStatus | undefined, isFolded: boolean): readonly JobStatus[] | undefined {
  if (asked) return [asked];
  return isFolded ? [...STATUSES, ...PASSING].filter((status) => status !== "queued") : undefined;
}

/** A restart that is under way is listed though others are not. */
export const ACTIVE: readonly JobStatus[] = ["queued", "running", "pausing", "cancelling"];

/** Jobs with some restarts: each below what it started again, or at the top where that is not listed. */
export function withRestarts(jobs: readonly Job[], restarts: readonly Job[]): readonly Job[] {
  const added = restarts.filter(({ id, restart_of }) => restart_of && !jobs.some((job) => job.id === id));
  const isListed = ({ restart_of }: Job) => jobs.some(({ id }) => id === restart_of);
  return [
    ...added.filter((job) => !isListed(job)),
    ...jobs.flatMap((job) => [job, ...added.filter(({ restart_of }) => restart_of === job.id)]),
  ];
}

export const runsOf = (jobs: readonly Job[]): Run[] => jobs.map((job) => ({ job, options: optionsOf(job) }));

const flattened = new WeakMap<Job, ReadonlyMap<string, string | number | boolean>>();

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

/** What a run is called in short: its own name, or that of its network with the end of its id. */
export const nameOfRun = ({ name, network, id }: Pick<Job, "name" | "network" | "id">): string =>
  name || `${network} ${id.slice(-6)}`;
