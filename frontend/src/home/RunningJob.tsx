import type { Job } from "../api/types";
import { short, span, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Progress } from "../parts/Progress";
import { Sparkline } from "../parts/Sparkline";
import { StatusWord } from "../parts/StatusWord";
import { to } from "../shell/router";
import { t } from "../texts/texts";
import { liveJobs } from "./liveJobs";

/** A job that is under way: how far, how long still, and its loss as it falls. */
export function RunningJob({ job }: { job: Job }) {
  const live = liveJobs.value[job.id];
  const now = live?.progress ?? job;
  const losses = live?.losses ?? [];
  const loss = losses.at(-1);
  return (
    <a class="card running" href={to("/jobs", job.id)}>
      <span class="row row-between">
        <strong>{job.network}</strong>
        <StatusWord status={now.status} />
      </span>
      <Sparkline values={losses} label={lossLabel(job.network, losses)} width={340} height={48} />
      <Progress value={now.progress} label={t("home.progress.of", { network: job.network })} />
      <span class="row row-between small quiet num">
        <span>
          {now.status === "queued" && now.queue_position
            ? t("home.queue", { position: now.queue_position })
            : t("home.epochs", { epoch: whole(now.epoch), epochs: whole(now.epochs) })}
          {now.eta_seconds !== null &&
            now.eta_seconds > 0 &&
            now.status === "running" &&
            ` · ${t("home.left", { span: span(now.eta_seconds) })}`}
        </span>
        {loss !== undefined && (
          <span>
            {t("home.loss")} <Num value={loss} />
          </span>
        )}
      </span>
    </a>
  );
}

export function lossLabel(network: string, losses: (number | null)[]): string {
  if (losses.length === 0) return t("home.loss.unknown");
  return t("home.loss.of", { network, first: short(losses[0]), last: short(losses.at(-1)) });
}
