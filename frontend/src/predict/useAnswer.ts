/** The network's answer to what is being typed: asked a moment after each change, older questions dropped. */
import { useEffect, useState } from "preact/hooks";
import { predict } from "../api/answers";
import { revivals } from "../api/connection";
import { Problem } from "../api/problem";
import type { Prediction } from "../api/types";

const PAUSE_MS = 60;

interface State {
  answer: Prediction | null;
  problem: Problem | null;
  isAsking: boolean;
}

export function useAnswer(body: Record<string, unknown>): State {
  const [state, setState] = useState<State>({ answer: null, problem: null, isAsking: true });
  const revived = revivals.value;
  const sent = JSON.stringify(body);
  useEffect(() => {
    const stopped = new AbortController();
    const timer = setTimeout(() => {
      predict(body, stopped.signal).then(
        (answer) => setState({ answer, problem: null, isAsking: false }),
        (error: unknown) => {
          if (stopped.signal.aborted) return;
          if (!(error instanceof Problem)) throw error;
          setState((before) => ({ answer: before.answer, problem: error, isAsking: false }));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [sent, revived]);
  return state;
}
