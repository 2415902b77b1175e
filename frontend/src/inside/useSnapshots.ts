/** The snapshots to walk through: those of one job in the order of its epochs, each epoch once, with what it began from. */
import { getJob } from "../api/jobs";
import { getSnapshot, listSnapshots } from "../api/networks";
import { Problem } from "../api/problem";
import type { Snapshot } from "../api/types";
import { type Loaded, useLoaded } from "../parts/useLoaded";

const PAGE = 100;
const MOST = 1000;

export function useSnapshots(network: string, job: string | null | undefined): Loaded<Snapshot[]> {
  return useLoaded(job === undefined ? null : `${network}:${job ?? ""}`, () => snapshotsOf(network, job ?? null));
}

async function snapshotsOf(network: string, job: string | null): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  let after: string | undefined;
  for (let hasMore = true; hasMore && found.length < MOST; ) {
    const page = await listSnapshots(network, { limit: PAGE, ...(job && { job }), ...(after && { after }) });
    found.push(...page.data);
    hasMore = page.has_more;
    after = page.last_id ?? undefined;
  }
  if (job) found.push(...(await beginning(network, job)));
  const byEpoch = new Map(found.toReversed().map((snapshot) => [snapshot.epoch, snapshot]));
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

/** What the job started from, as its epoch 0, where it is still there. */
async function beginning(network: string, job: string): Promise<Snapshot[]> {
  const { start_snapshot } = (await getJob(job)).options as { start_snapshot?: string | null };
  try {
    return [{ ...(await getSnapshot(network, start_snapshot ?? "initial")), epoch: 0 }];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [];
  }
}
