/**
 * Ask the service when `key` changes (and again when it comes back after being away); the old answer stays meanwhile.
 * `lookAgain` says after how many milliseconds an answer is too old, or null; they count from the answer, so that a slow
 * service is waited for, and a page that nobody sees asks nothing.
 */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { Problem } from "../api/problem";

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  again: () => void;
}

export function useLoaded<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  lookAgain: (value: T) => number | null = () => null,
): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; problem: Problem | null }>({
    key: null,
    value: null,
    problem: null,
  });
  const [asked, setAsked] = useState(0);
  const again = () => setAsked((n) => n + 1);
  const revived = revivals.value;
  useEffect(() => {
    if (key === null) return;
    const stopped = new AbortController();
    const { signal } = stopped;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ripen = (value: T | null) => {
      const wait = value === null ? null : lookAgain(value);
      const look = () =>
        document.hidden ? document.addEventListener("visibilitychange", again, { once: true, signal }) : again();
      if (wait !== null) timer = setTimeout(look, wait);
    };
    load(signal).then(
      (value) => {
        if (signal.aborted) return;
        setState({ key, value, problem: null });
        ripen(value);
      },
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        const before = state.key === key ? state.value : null;
        setState({ key, value: before, problem: error });
        ripen(before);
      },
    );
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [key, asked, revived]);
  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : null, problem: isCurrent ? state.problem : null, again };
}
