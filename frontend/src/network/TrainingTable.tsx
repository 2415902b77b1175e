import { askedOptions } from "../api/options";
import type { Job, Network } from "../api/types";
import { nameOf } from "../forms/named";
import { ago, short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { StatusWord } from "../parts/StatusWord";
import { bestOf, runsOf } from "../runs/runs";
import { mayOpen } from "../shell/pages";
import { to, withParams } from "../shell/router";
import "../texts/runs";
import { t } from "../texts/texts";
import { JobVerbs } from "./JobVerbs";

const NO_NETWORKS: ReadonlyMap<string, Network> = new Map();

/** Every training of a network, each to be watched, told to stop, or gone on from. */
export function TrainingTable({ network, jobs }: { network: Network; jobs: Job[] }) {
  const best = bestOf(runsOf(jobs, NO_NETWORKS));
  return (
    <Scroll label={t("overview.jobs.table")}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{t("overview.job")}</th>
            <th scope="col">{t("overview.status")}</th>
            <th scope="col" class="n">
              {t("overview.epochs")}
            </th>
            <th scope="col" class="n">
              {t("overview.best")}
            </th>
            <th scope="col">{t("overview.optimizer")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <th scope="row">
                <a href={to("/jobs", job.id)}>{ago(job.created_at)}</a>
              </th>
              <td>
                <StatusWord status={job.status} />
              </td>
              <td class="n">
                {whole(job.epoch)} / {whole(job.epochs)}
              </td>
              <td class="n">
                {job.best_epoch !== null && (
                  <>
                    {job.monitored} <Num value={job.best_value} />{" "}
                    {best.has(job.id) && <span class="tag tag-best">{t("runs.best")}</span>}{" "}
                    <span class="quiet small">{t("overview.best.at", { epoch: whole(job.best_epoch) })}</span>
                  </>
                )}
              </td>
              <td>{optimizerOf(job)}</td>
              <td>
                <span class="row">
                  <JobVerbs job={job.id} status={job.status} look="button-plain small" />
                  {mayOpen(to("/networks", network.name, "train")) && (
                    <a href={withParams(to("/networks", network.name, "train"), { job: job.id })}>
                      {t("overview.again")}
                    </a>
                  )}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function optimizerOf(job: Job): string {
  const { optimizer } = askedOptions(job);
  const rate =
    typeof optimizer === "object" && optimizer !== null
      ? (optimizer as Record<string, unknown>).learning_rate
      : undefined;
  return `${nameOf(optimizer) ?? ""}${typeof rate === "number" ? `, η ${short(rate)}` : ""}`;
}
