/** What a click or a form sets off: once at a time, and what was wrong with it stays until it is tried again. */
import { useState } from "preact/hooks";
import { Problem } from "../api/problem";

export function useAct() {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function act(what: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await what();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }
  return { act, isBusy, problem, forget: () => setProblem(null) };
}
