import { getDataset } from "../api/datasets";
import { DatasetDownloads } from "../datasets/DatasetDownloads";
import { JobVerbs } from "../network/JobVerbs";
import { span, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Progress } from "../parts/Progress";
import { StatusWord } from "../parts/StatusWord";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import "../texts/score";
import { t } from "../texts/texts";
import type { Series } from "../watch/series";

/** A job that predicts the rows of a data set: how far it is, and where its answers are. */
export function PredictionJob({ series }: { series: Series }) {
  const { job, progress } = series;
  const { status } = progress;
  const { dataset } = job.options as { dataset?: { name: string } };
  const done = status === "succeeded" ? job.rows : Math.round(progress.progress * job.rows);
  return (
    <div class="stack">
      <h1>{t("score.job", { network: job.network, dataset: dataset?.name ?? "–" })}</h1>
      <div class="job-head">
        <div class="row">
          <StatusWord status={status} running="score.running" />
          <span class="num small quiet">{t("score.rows", { done: whole(done), count: whole(job.rows) })}</span>
          {progress.eta_seconds !== null && (
            <span class="small quiet">{t("watch.eta", { span: span(progress.eta_seconds) })}</span>
          )}
          {progress.queue_position !== null && (
            <span class="small quiet">{t("watch.queue", { place: progress.queue_position })}</span>
          )}
          {status === "succeeded" && job.seconds > 0 && (
            <span class="small quiet">{t("score.took", { span: span(job.seconds) })}</span>
          )}
          <span class="spring" />
          <JobVerbs job={job.id} status={status} />
        </div>
        <Progress
          value={progress.progress}
          label={t("watch.progress", { percent: Math.floor(progress.progress * 100) })}
        />
      </div>
      {job.error && (
        <div class="note note-bad" role="alert">
          <p class="note-title">{t("score.failed")}</p>
          <p>{job.error.message}</p>
        </div>
      )}
      {status === "succeeded" && job.output && <Output dataset={job.output} />}
    </div>
  );
}

/** It may be deleted since. */
function Output({ dataset }: { dataset: string }) {
  const { value, problem, again } = useLoaded(`output ${dataset}`, () => getDataset(dataset));
  if (problem) return <ProblemNote problem={problem} retry={again} next={t("score.gone")} />;
  if (!value) return null;
  return (
    <section class="stack-tight">
      <h2>{t("score.output")}</h2>
      <p>
        <a href={to("/datasets", value.name)}>{value.name}</a>{" "}
        <span class="quiet num">
          {t("score.output.shape", { rows: whole(value.rows), columns: whole(value.columns.length) })}
        </span>
      </p>
      <DatasetDownloads dataset={value} />
    </section>
  );
}
