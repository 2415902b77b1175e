/** The step as the service explains it, asked again after every change; the last answer stays until the next is there. */
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { revivals } from "../api/connection";
import type { LayerWeights } from "../inside/model";
import type { Pass } from "./pass";
import { explained, type Setting, type Source } from "./source";

export interface Explained {
  pass: Pass | null;
  after: readonly LayerWeights[] | null;
  problem: Problem | null;
}

const SETTLE_MS = 60;

export function useStep(source: Source, setting: Setting): Explained {
  const [shown, setShown] = useState<Explained & { key: string }>({ key: "", pass: null, after: null, problem: null });
  const revived = revivals.value;
  useEffect(() => {
    const stopped = new AbortController();
    const timer = setTimeout(() => {
      explained(source, setting, stopped.signal).then(
        (found) => setShown({ key: source.key, ...found, problem: null }),
        (error: unknown) => {
          if (stopped.signal.aborted) return;
          if (!(error instanceof Problem)) throw error;
          setShown((before) => ({ ...before, problem: error }));
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [source.key, setting, revived]);
  return shown.key === source.key ? shown : { pass: null, after: null, problem: shown.problem };
}
