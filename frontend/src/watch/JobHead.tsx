import { isOver } from "../api/jobs";
import { foldsOf } from "../api/options";
import { short, span, whole } from "../parts/format";
import { Progress } from "../parts/Progress";
import { StatusWord } from "../parts/StatusWord";
import { language } from "../texts/language";
import { type TextKey, t } from "../texts/texts";
import { JobButtons } from "./JobButtons";
import type { Series } from "./series";
import { hasFits } from "./useFits";

/** Where one job stands: how far, how long still, how well so far, and what it may be told. */
export function JobHead({ series, inRoom = false }: { series: Series; inRoom?: boolean }) {
  const { job, progress } = series;
  const isGoing = !isOver(progress.status);
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
        <JobButtons job={job} status={progress.status} inRoom={inRoom} />
      </div>
      {/* A training that stopped early is over, though its epochs are not. */}
      {isGoing && (
        <Progress
          value={progress.progress}
          label={t("watch.progress", { percent: Math.floor(progress.progress * 100) })}
        />
      )}
      {progress.best_epoch !== null && (
        <p class="small quiet num">
          {t(bestText(series, isGoing), {
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

/** Of several folds or members it is a mean, and has no epoch. */
function bestText(series: Series, isGoing: boolean): TextKey {
  if (hasFits(series)) return foldsOf(series.job) ? "watch.best_mean.folds" : "watch.best_mean.members";
  return isGoing ? "watch.best_so_far" : "watch.best_of";
}
