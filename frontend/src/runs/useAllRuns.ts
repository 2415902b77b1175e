/** Every job and every network, page after page: what has come is shown while the rest is on its way. */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { listJobs } from "../api/jobs";
import { listNetworks } from "../api/networks";
import { Problem } from "../api/problem";
import type { Job, Network, Page } from "../api/types";

const PAGE = 100;
/** Older jobs are left out, and the page says so. */
export const MOST_JOBS = 20_000;
/** The table is drawn anew after so many pages. */
const SHOWN_EVERY = 5;

export interface AllRuns {
  jobs: readonly Job[];
  networks: ReadonlyMap<string, Network>;
  isComplete: boolean;
  problem: Problem | null;
  again: () => void;
}

const NOTHING = { jobs: [], networks: new Map<string, Network>(), isComplete: false, problem: null };

export function useAllRuns(): AllRuns {
  const [shown, setShown] = useState<Omit<AllRuns, "again">>(NOTHING);
  const [asked, setAsked] = useState(0);
  const revived = revivals.value;
  useEffect(() => {
    let isStopped = false;
    const add = (changes: Partial<AllRuns>) => !isStopped && setShown((before) => ({ ...before, ...changes }));
    const isWanted = () => !isStopped;
    Promise.all([
      everyPage(listJobs, (jobs, isComplete) => add({ jobs, isComplete }), isWanted),
      everyPage(
        ({ limit, after }) => listNetworks(limit, after),
        (networks) => add({ networks: new Map(networks.map((network) => [network.id, network])) }),
        isWanted,
      ),
    ]).then(
      () => add({ problem: null }),
      (problem: unknown) => {
        if (!(problem instanceof Problem)) throw problem;
        add({ problem });
      },
    );
    return () => {
      isStopped = true;
    };
  }, [asked, revived]);
  return { ...shown, again: () => setAsked((n) => n + 1) };
}

type Ask<T> = (query: { limit: number; after?: string }) => Promise<Page<T>>;

async function everyPage<T>(
  ask: Ask<T>,
  show: (found: T[], isComplete: boolean) => void,
  isWanted: () => boolean,
): Promise<void> {
  const found: T[] = [];
  let after: string | undefined;
  for (let pages = 1; isWanted(); pages += 1) {
    const page = await ask({ limit: PAGE, ...(after !== undefined && { after }) });
    found.push(...page.data);
    after = page.last_id ?? undefined;
    const isLast = !page.has_more || found.length >= MOST_JOBS;
    if (isLast || pages === 1 || pages % SHOWN_EVERY === 0) show([...found], !page.has_more);
    if (isLast) return;
  }
}
