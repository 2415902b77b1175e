import { short, span, whole } from "../parts/format";
import { Progress } from "../parts/Progress";
import { StatusWord } from "../parts/StatusWord";
import { language } from "../texts/language";
import { t } from "../texts/texts";
import { JobButtons } from "./JobButtons";
import type { Series } from "./series";

/** Where one job stands: how far, how long still, how well so far, and what it may be told. */
export function JobHead({ series }: { series: Series }) {
  const { job, progress } = series;
  const isGoing = !["succeeded", "failed", "cancelled"].includes(progress.status);
  return (
    <div class="job-head">
      <div class="row">
        <StatusWord status={progress.status} />
        <span class="num small quiet">
          {t("watch.epoch_of", { epoch: whole(progress.epoch), epochs: whole(progress.epochs) })}
        </span>
        {isGoing && progress.eta_seconds !== null && (
          <span class="small quiet">{t("watch.eta", { span: span(progress.eta_seconds) })}</span>
        )}
        {progress.queue_position !== null && (
          <span class="small quiet">{t("watch.queue", { place: progress.queue_position })}</span>
        )}
        {!isGoing && progress.seconds > 0 && (
          <span class="small quiet">{t("watch.took", { span: span(progress.seconds) })}</span>
        )}
        {job.stopped_early && <span class="small quiet">{t("watch.stopped_early")}</span>}
        <span class="spring" />
        <JobButtons job={job.id} network={job.network} status={progress.status} />
      </div>
      <Progress
        value={progress.progress}
        label={t("watch.progress", { percent: Math.floor(progress.progress * 100) })}
      />
      {progress.best_epoch !== null && (
        <p class="small quiet num">
          {t(isGoing ? "watch.best_so_far" : "watch.best_of", {
            name: job.monitored,
            value: short(progress.best_value),
            epoch: whole(progress.best_epoch),
          })}
        </p>
      )}
      {job.error && (
        <div class="note note-bad" role="alert">
          <p class="note-title">{t(job.error.code === "diverged" ? "watch.diverged" : "watch.failed")}</p>
          <p>{job.error.message}</p>
          {job.error.code === "diverged" && language.value !== "en" && <p>{t("watch.diverged.next")}</p>}
        </div>
      )}
    </div>
  );
}
