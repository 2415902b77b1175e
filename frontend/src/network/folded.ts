import type { Job } from "../api/types";

export interface Fold {
  /** The first start, or the earliest that is listed. */
  job: Job;
  /** The other starts of the same training, newest first. */
  restarts: readonly Job[];
}

/** Jobs, newest first, with the restarts of each under it; where the newest start stands, all of them do. */
export function folded(jobs: readonly Job[]): Fold[] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const first = job.restart_of ?? job.id;
    groups.set(first, [...(groups.get(first) ?? []), job]);
  }
  return [...groups.values()].map((starts) => ({ job: starts.at(-1)!, restarts: starts.slice(0, -1) }));
}
