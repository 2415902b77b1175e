import { useState } from "preact/hooks";
import { Problem } from "../api/problem";

export interface Uploading {
  isBusy: boolean;
  problem: Problem | null;
  send: (file: File | undefined) => Promise<void>;
}

/** One file at a time, and what was wrong with the last one. */
export function useUpload(take: (file: File) => Promise<void>): Uploading {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function send(file: File | undefined): Promise<void> {
    if (!file) return;
    setBusy(true);
    setProblem(null);
    try {
      await take(file);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }
  return { isBusy, problem, send };
}
