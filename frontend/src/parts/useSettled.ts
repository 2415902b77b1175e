/**
 * One question, asked a moment after the last of its changes and again when the service is back; answers to older ones are
 * dropped. The last answer stays until the next is there, also beside a problem.
 */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { Problem } from "../api/problem";

interface Settled<T> {
  answer: T | null;
  problem: Problem | null;
  isAsking: boolean;
}

/** It changes when one of `about` does; nothing is asked while that is null. */
export function useSettled<T>(
  about: readonly unknown[] | null,
  ask: (signal: AbortSignal) => Promise<T>,
  pauseMs: number,
): Settled<T> {
  const [state, setState] = useState<Settled<T>>({ answer: null, problem: null, isAsking: about !== null });
  const revived = revivals.value;
  useEffect(() => {
    if (about === null) return;
    const stopped = new AbortController();
    setState((before) => ({ ...before, isAsking: true }));
    const timer = setTimeout(() => {
      ask(stopped.signal).then(
        (answer) => !stopped.signal.aborted && setState({ answer, problem: null, isAsking: false }),
        (error: unknown) => {
          if (stopped.signal.aborted) return;
          if (!(error instanceof Problem)) throw error;
          setState((before) => ({ ...before, problem: error, isAsking: false }));
        },
      );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [revived, ...(about ?? [])]);
  return state;
}
