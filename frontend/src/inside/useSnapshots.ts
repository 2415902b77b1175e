/**
 * The snapshots to walk through: those of one job in the order of its epochs, each epoch once, with what it began from.
 * While the job trains, newer ones are looked for.
 */
import { getJob, isOver } from "../api/jobs";
import { getSnapshot, listSnapshots } from "../api/networks";
import { Problem } from "../api/problem";
import type { Job, Snapshot } from "../api/types";
import { type Loaded, useLoaded } from "../parts/useLoaded";

export interface Walk {
  snapshots: Snapshot[];
  isLive: boolean;
}

const PAGE = 100;
const MOST = 1000;
const LOOK_AGAIN_MS = 1000;

export function useSnapshots(network: string, job: string | null | undefined): Loaded<Walk> {
  return useLoaded(
    job === undefined ? null : `${network}:${job ?? ""}`,
    () => walkOf(network, job ?? null),
    ({ isLive }) => (isLive ? LOOK_AGAIN_MS : null),
  );
}

async function walkOf(network: string, id: string | null): Promise<Walk> {
  // Asked for first: what is saved before a job ends is then in the list.
  const job = id ? await getJob(id) : null;
  const found = await everyOf(network, id);
  if (job) found.push(...(await beginning(network, job)));
  const byEpoch = new Map(found.toReversed().map((snapshot) => [snapshot.epoch, snapshot]));
  const snapshots = [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
  return { snapshots, isLive: job !== null && !isOver(job.status) };
}

async function everyOf(network: string, job: string | null): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  let after: string | undefined;
  for (let hasMore = true; hasMore && found.length < MOST; ) {
    const page = await listSnapshots(network, { limit: PAGE, ...(job && { job }), ...(after && { after }) });
    found.push(...page.data);
    hasMore = page.has_more;
    after = page.last_id ?? undefined;
  }
  return found;
}

/** What the job started from, as its epoch 0, where it is still there. */
async function beginning(network: string, job: Job): Promise<Snapshot[]> {
  const { start_snapshot } = job.options as { start_snapshot?: string | null };
  try {
    return [{ ...(await getSnapshot(network, start_snapshot ?? "initial")), epoch: 0 }];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [];
  }
}
