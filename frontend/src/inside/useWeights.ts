/** The weights of a snapshot; the ones before stay in view until they are there. Some are kept, so that a replay is smooth. */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { getWeights } from "../api/networks";
import { Problem } from "../api/problem";
import type { Network, Weights } from "../api/types";

/** Numbers kept in all, of the snapshots that were looked at last. */
const MOST_NUMBERS = 2_000_000;
const kept = new Map<string, Promise<Weights>>();

export function weightsOf(network: Network, snapshot: string): Promise<Weights> {
  const known = kept.get(snapshot);
  const asked = known ?? getWeights(network.name, snapshot);
  kept.delete(snapshot);
  kept.set(snapshot, asked);
  if (!known) asked.catch(() => kept.delete(snapshot));
  const most = Math.max(2, Math.floor(MOST_NUMBERS / Math.max(1, network.parameter_count)));
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - Math.min(most, 400)))) kept.delete(oldest);
  return asked;
}

interface Shown {
  weights: Weights | null;
  problem: Problem | null;
  again: () => void;
}

export function useWeights(network: Network | null, snapshot: string | null): Shown {
  const [asked, setAsked] = useState(0);
  const revived = revivals.value;
  const [shown, setShown] = useState<Omit<Shown, "again">>({ weights: null, problem: null });
  useEffect(() => {
    if (!network || !snapshot) return;
    let isStopped = false;
    weightsOf(network, snapshot).then(
      (weights) => !isStopped && setShown({ weights, problem: null }),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (!isStopped) setShown((before) => ({ ...before, problem: error }));
      },
    );
    return () => {
      isStopped = true;
    };
  }, [network?.id, snapshot, asked, revived]);
  return { ...shown, again: () => setAsked((n) => n + 1) };
}
