import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { deleteJob, isOver, MOST_COMPARED, tellJob, VERBS } from "../api/jobs";
import type { Job } from "../api/types";
import { ConfirmButton } from "../parts/ConfirmButton";
import { ProblemNote } from "../parts/ProblemNote";
import { useAct } from "../parts/useAct";
import { to } from "../shell/router";
import { t } from "../texts/texts";
import { NameForm } from "./NameForm";
import { TagForm } from "./TagForm";

interface Props {
  jobs: readonly Job[];
  onClear: () => void;
  onDone: () => void;
}

/** What can be done with the chosen runs at once. */
export function ChosenRuns({ jobs, onClear, onDone }: Props) {
  const [form, setForm] = useState<"name" | "tag" | null>(null);
  const { act, isBusy, problem } = useAct();
  const [only] = jobs;
  if (!only) return null;
  const open = jobs.filter(({ status }) => VERBS[status].includes("cancel"));
  const over = jobs.filter(({ status }) => isOver(status));

  function end(): void {
    setForm(null);
    onDone();
  }

  async function cancel(): Promise<void> {
    await act(async () => {
      for (const job of open) await tellJob(job.id, "cancel");
      onClear();
    });
    onDone();
  }

  async function remove(): Promise<void> {
    try {
      for (const job of over) await deleteJob(job.id);
      onClear();
    } finally {
      onDone();
    }
  }

  return (
    <div class="chosen-runs stack">
      <div class="row">
        <strong class="small">{t("runs.chosen", { count: jobs.length })}</strong>
        {jobs.length <= MOST_COMPARED ? (
          <a class="button" href={to("/jobs", jobs.map(({ id }) => id).join(","))}>
            {t(jobs.length === 1 ? "runs.open" : "runs.compare")}
          </a>
        ) : (
          <span class="small quiet">{t("runs.compare.most", { most: MOST_COMPARED })}</span>
        )}
        {may("train") && open.length > 0 && (
          <button type="button" disabled={isBusy} onClick={() => void cancel()}>
            {t("runs.cancel", { count: open.length })}
          </button>
        )}
        {may("manage") && (
          <>
            {jobs.length === 1 && (
              <button type="button" aria-expanded={form === "name"} onClick={() => setForm(form ? null : "name")}>
                {t("runs.name")}
              </button>
            )}
            <button type="button" aria-expanded={form === "tag"} onClick={() => setForm(form ? null : "tag")}>
              {t("runs.tag")}
            </button>
            {over.length > 0 && (
              <ConfirmButton
                key={over.length}
                text={t("runs.delete", { count: over.length })}
                sure={t("runs.delete.sure", { count: over.length })}
                act={remove}
                isDanger
              />
            )}
          </>
        )}
        <button type="button" class="button-plain" onClick={onClear}>
          {t("runs.clear")}
        </button>
      </div>
      {form === "name" && jobs.length === 1 && <NameForm key={only.id} job={only} onDone={end} />}
      {form === "tag" && <TagForm jobs={jobs} onDone={end} />}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
