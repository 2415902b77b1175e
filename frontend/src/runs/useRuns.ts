/** The runs that are asked for, page after page, asked again while any of them is under way; the old ones stay meanwhile. */
import { useEffect, useState } from "preact/hooks";
import { type FoundJobs, isOver, type JobSummary, listJobs, summariseJobs } from "../api/jobs";
import type { Problem } from "../api/problem";
import type { Job, JobStatus, Page } from "../api/types";
import { useSettled } from "../parts/useSettled";
import { ACTIVE, MOST_WAITING, orderOf, type Sorting, shownStatuses, withRestarts } from "./runs";

export interface Wanted {
  search: string;
  status: JobStatus | undefined;
  sorting: Sorting;
  /** Whether waiting jobs are listed however many they are. */
  isOpen: boolean;
  /** Whether restarts are listed beside the jobs that they started again. */
  hasRestarts: boolean;
  pages: number;
}

export interface Runs {
  jobs: readonly Job[];
  /** How many of them the pages of the service had. */
  listed: number;
  /** Those that fit, by status. */
  summary: JobSummary;
  hasMore: boolean;
  /** Waiting jobs that are not listed. */
  folded: number;
}

export const PAGE = 100;
const PAUSE_MS = 200;
const LOOK_AGAIN_MS = 4000;

export function useRuns(wanted: Wanted): {
  runs: Runs | null;
  problem: Problem | null;
  isAsking: boolean;
  again: () => void;
} {
  const [asked, setAsked] = useState(0);
  const again = () => setAsked((n) => n + 1);
  const { answer, problem, isAsking } = useSettled(
    [JSON.stringify(wanted), asked],
    (signal) => load(wanted, signal),
    PAUSE_MS,
  );
  const isMoving = answer?.jobs.some(({ status }) => !isOver(status));
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => document.hidden || again(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isMoving]);
  return { runs: answer, problem, isAsking, again };
}

async function load(
  { search, status, sorting, isOpen, hasRestarts, pages }: Wanted,
  signal: AbortSignal,
): Promise<Runs> {
  const found: FoundJobs = { search: search || undefined, status: status && [status], restarts: hasRestarts };
  const summary = await summariseJobs(found, signal);
  const waiting = status ? 0 : (summary.statuses.queued ?? 0);
  const folded = isOpen || waiting <= MOST_WAITING ? 0 : waiting;
  const query = { ...found, status: shownStatuses(status, folded > 0), ...orderOf(sorting), best: true, limit: PAGE };
  const restarts = hasRestarts ? [] : await activeRestarts({ ...found, restarts: true }, signal);
  const jobs: Job[] = [];
  for (let at = 0; ; at += 1) {
    const page: Page<Job> = await listJobs({ ...query, after: jobs.at(-1)?.id }, signal);
    jobs.push(...page.data);
    if (!page.has_more || at + 1 >= pages)
      return { jobs: withRestarts(jobs, restarts), listed: jobs.length, summary, hasMore: page.has_more, folded };
  }
}

/** Restarts are folded under the first start; but one that is under way holds a slot, and somebody looks for it. */
async function activeRestarts(found: FoundJobs, signal: AbortSignal): Promise<Job[]> {
  const status = ACTIVE.filter((each) => !found.status || found.status.includes(each));
  if (status.length === 0) return [];
  const { data } = await listJobs({ ...found, status, best: true, limit: PAGE }, signal);
  return data.filter(({ restart_of }) => restart_of !== null);
}
