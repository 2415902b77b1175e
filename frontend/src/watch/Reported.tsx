import type { Job } from "../api/types";
import { whole } from "../parts/format";
import { t } from "../texts/texts";

/** Where a training reports to, and how far it has come. */
export function Reported({ job }: { job: Job }) {
  if (!job.report) return null;
  const { mlflow, experiment, run_id, state, epoch, error, model } = job.report;
  return (
    <div class={error ? "note note-warn" : "small"}>
      <p>
        {t("watch.report", { server: mlflow, experiment })} <b>{t(`watch.report.${state}`)}</b>
        {epoch > 0 && `, ${t("watch.report.epoch", { epoch: whole(epoch) })}`}
        {run_id && (
          <>
            , {t("watch.report.run")} <code>{run_id}</code>
          </>
        )}
      </p>
      {error && <p>{error}</p>}
      {model && model !== "uploaded" && <p>{t("watch.report.no_model", { why: model })}</p>}
    </div>
  );
}
