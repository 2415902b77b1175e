import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { MOST_COMPARED, tellJob, VERBS } from "../api/jobs";
import { Problem } from "../api/problem";
import { ProblemNote } from "../parts/ProblemNote";
import { to } from "../shell/router";
import { t } from "../texts/texts";
import type { Run } from "./runs";

interface Props {
  runs: readonly Run[];
  onClear: () => void;
  onDone: () => void;
}

/** What can be done with the chosen runs at once. */
export function ChosenRuns({ runs, onClear, onDone }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (runs.length === 0) return null;
  const open = runs.filter(({ job }) => VERBS[job.status].includes("cancel"));

  async function cancel(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      for (const { job } of open) await tellJob(job.id, "cancel");
      onClear();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
    onDone();
  }

  return (
    <div class="row chosen-runs">
      <strong class="small">{t("runs.chosen", { count: runs.length })}</strong>
      {runs.length <= MOST_COMPARED ? (
        <a class="button" href={to("/jobs", runs.map(({ job }) => job.id).join(","))}>
          {t("runs.compare")}
        </a>
      ) : (
        <span class="small quiet">{t("runs.compare.most", { most: MOST_COMPARED })}</span>
      )}
      {may("train") && open.length > 0 && (
        <button type="button" disabled={isBusy} onClick={() => void cancel()}>
          {t("runs.cancel", { count: open.length })}
        </button>
      )}
      <button type="button" class="button-plain" onClick={onClear}>
        {t("runs.clear")}
      </button>
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
