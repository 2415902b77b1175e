/**
 * The snapshots to walk through: those of one job in the order of its epochs, each epoch once, with what it began from.
 * While the job trains, newer ones are asked for when its stream says that there are some.
 */
import { useEffect, useRef } from "preact/hooks";
import { isOver } from "../api/jobs";
import { getSnapshot, listSnapshots } from "../api/networks";
import { Problem } from "../api/problem";
import type { Job, JobStatus, Snapshot } from "../api/types";
import { type Loaded, useLoaded } from "../parts/useLoaded";

/** Of a job that is followed. */
export interface Followed {
  job: Job;
  status: JobStatus;
  /** How many times it was said that a snapshot was stored. */
  saved: number;
}

export interface Walk {
  snapshots: Snapshot[];
  /** Of the job, before the list was asked for. */
  status: JobStatus | null;
}

interface Asked extends Walk {
  /** Newest first. */
  found: Snapshot[];
  start: Snapshot[];
  saved: number;
}

const PAGE = 100;
const MOST = 1000;
const LOOK_AGAIN_MS = 1000;

export function useSnapshots(network: string, followed: Followed | null): Loaded<Walk> {
  const latest = useRef(followed);
  latest.current = followed;
  const known = useRef<{ key: string; asked: Asked } | null>(null);
  const key = `${network}:${followed?.job.id ?? ""}`;
  const loaded = useLoaded<Walk>(
    key,
    async (signal) => {
      const asked = await walkOf(
        network,
        latest.current,
        known.current?.key === key ? known.current.asked : null,
        signal,
      );
      known.current = { key, asked };
      return asked;
    },
    () => (latest.current && !isOver(latest.current.status) ? LOOK_AGAIN_MS : null),
  );
  const status = followed?.status ?? null;
  useEffect(() => {
    if (loaded.value && loaded.value.status !== status) loaded.again();
  }, [status]);
  return loaded;
}

/** The list that is known as long as it is the newest; otherwise with what is newer, or the whole list again. */
async function walkOf(
  network: string,
  followed: Followed | null,
  known: Asked | null,
  signal: AbortSignal,
): Promise<Asked> {
  const { job = null, status = null, saved = 0 } = followed ?? {};
  if (known && known.status === status && known.saved === saved) return known;
  // Once it stopped, some of those that are known may be gone.
  const [found, start] = await Promise.all([
    everyOf(network, job, known?.status === status ? known.found : [], signal),
    known?.start ?? (job ? beginning(network, job, signal) : []),
  ]);
  const byEpoch = new Map([...found, ...start].toReversed().map((snapshot) => [snapshot.epoch, snapshot]));
  const snapshots = [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
  return { snapshots, status, found, start, saved };
}

/** A training that has come to an epoch keeps the snapshots of epochs that are multiples of this: the service's own rule. */
export function strideOf(job: Pick<Job, "options"> | null, epoch: number): number {
  const { every, keep } = (job?.options as { snapshots?: { every?: number | null; keep?: number | null } })
    ?.snapshots ?? { every: null, keep: null };
  let stride = every ?? 1;
  while (keep && Math.floor(epoch / stride) > keep) stride *= 2;
  return stride;
}

/** From the newest to the first that is known; to the very first where some of those that are known are gone. */
async function everyOf(
  network: string,
  job: Job | null,
  known: readonly Snapshot[],
  signal: AbortSignal,
): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  const before = known.find(isPeriodic);
  let after: string | undefined;
  for (let hasMore = true; hasMore && found.length < MOST; ) {
    const asked = { limit: PAGE, ...(job && { job: job.id }), ...(after && { after }) };
    const page = await listSnapshots(network, asked, signal);
    found.push(...page.data);
    const newest = found.find(isPeriodic);
    const isWhole = before && newest && strideOf(job, newest.epoch) === strideOf(job, before.epoch);
    if (isWhole && page.data.some(({ id }) => id === before.id)) return joined(found, known).slice(0, MOST);
    hasMore = page.has_more;
    after = page.last_id ?? undefined;
  }
  return found;
}

const isPeriodic = ({ kind }: Snapshot) => kind === "periodic";

function joined(found: readonly Snapshot[], known: readonly Snapshot[]): Snapshot[] {
  const ids = new Set(found.map(({ id }) => id));
  // Of the best and the last one there is one each, which may have become another.
  return [...found, ...known.filter((each) => isPeriodic(each) && !ids.has(each.id))];
}

/** What the job started from, as its epoch 0, where it is still there. */
async function beginning(network: string, job: Job, signal: AbortSignal): Promise<Snapshot[]> {
  const { start_snapshot } = job.options as { start_snapshot?: string | null };
  try {
    return [{ ...(await getSnapshot(network, start_snapshot ?? "initial", signal)), epoch: 0 }];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [];
  }
}
