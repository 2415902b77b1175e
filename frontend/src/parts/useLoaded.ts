/** Ask the service when `key` changes (and again when it comes back after being away); the old answer stays meanwhile. */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { Problem } from "../api/problem";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  again: () => void;
}

export function useLoaded<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; problem: Problem | null }>({ key: null, value: null, problem: null });
  const [asked, setAsked] = useState(0);
  const revived = revivals.value;
  useEffect(() => {
    if (key === null) return;
    const stopped = new AbortController();
    load(stopped.signal).then(
      (value) => !stopped.signal.aborted && setState({ key, value, problem: null }),
      (error: unknown) => {
        if (stopped.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setState((before) => ({ key, value: before.key === key ? before.value : null, problem: error }));
      },
    );
    return () => stopped.abort();
  }, [key, asked, revived]);
  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : null, problem: isCurrent ? state.problem : null, again: () => setAsked((n) => n + 1) };
}
