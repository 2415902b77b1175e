/** The step as the service explains it, asked again after every change; the last answer stays until the next is there. */
import type { Problem } from "../api/problem";
import type { LayerWeights } from "../inside/model";
import { useSettled } from "../parts/useSettled";
import type { Pass } from "./pass";
import { explained, type Setting, type Source } from "./source";

export interface Explained {
  pass: Pass | null;
  after: readonly LayerWeights[] | null;
  problem: Problem | null;
}

const SETTLE_MS = 60;

export function useStep(source: Source, setting: Setting): Explained {
  const { answer, problem } = useSettled(
    [source.key, setting],
    async (signal) => ({ key: source.key, ...(await explained(setting, signal)) }),
    SETTLE_MS,
  );
  return answer?.key === source.key ? { ...answer, problem } : { pass: null, after: null, problem };
}
