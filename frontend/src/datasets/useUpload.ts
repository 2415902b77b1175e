import type { Problem } from "../api/problem";
import { useAct } from "../parts/useAct";

export interface Uploading {
  isBusy: boolean;
  problem: Problem | null;
  send: (file: File | undefined) => Promise<void>;
}

/** One file at a time, and what was wrong with the last one. */
export function useUpload(take: (file: File) => Promise<void>): Uploading {
  const { act, isBusy, problem } = useAct();
  const send = async (file: File | undefined) => {
    if (file) await act(() => take(file));
  };
  return { isBusy, problem, send };
}
