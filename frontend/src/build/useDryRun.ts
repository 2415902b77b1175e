/** What the service would make of a spec, asked shortly after each change; the last good answer stays beside a fault. */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { dryRun } from "../api/networks";
import { Problem } from "../api/problem";
import type { DryRun } from "../api/types";

const PAUSE_MS = 200;

export function useDryRun(body: unknown): { answer: DryRun | null; problem: Problem | null; isAsking: boolean } {
  const [state, setState] = useState<{ answer: DryRun | null; problem: Problem | null }>({ answer: null, problem: null });
  const [isAsking, setAsking] = useState(true);
  const revived = revivals.value;
  const sent = JSON.stringify(body);
  useEffect(() => {
    const stopped = new AbortController();
    setAsking(true);
    const timer = setTimeout(() => {
      dryRun(body, stopped.signal).then(
        (answer) => {
          setState({ answer, problem: null });
          setAsking(false);
        },
        (error: unknown) => {
          if (stopped.signal.aborted) return;
          if (!(error instanceof Problem)) throw error;
          setState((before) => ({ answer: before.answer, problem: error }));
          setAsking(false);
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [sent, revived]);
  return { ...state, isAsking };
}
