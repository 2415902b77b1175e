import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { askedOptions } from "../api/options";
import type { Job, Network } from "../api/types";
import { nameOf } from "../forms/named";
import { ago, short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { StatusWord } from "../parts/StatusWord";
import { ACTIVE } from "../runs/runs";
import { mayOpen } from "../shell/pages";
import { to, withParams } from "../shell/router";
import "../texts/runs";
import { t } from "../texts/texts";
import { folded } from "./folded";
import { JobVerbs } from "./JobVerbs";

/** Every training of a network, each to be watched, told to stop, or gone on from. */
export function TrainingTable({ network, jobs }: { network: Network; jobs: Job[] }) {
  /** Whether a training's restarts are shown, where somebody has chosen. */
  const [opened, setOpened] = useState<Readonly<Record<string, boolean>>>({});
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
          {folded(jobs).map(({ job, restarts }) => {
            const isOpen = opened[job.id] ?? restarts.some(({ status }) => ACTIVE.includes(status));
            return (
              <>
                <Line
                  {...{ network, job }}
                  more={
                    restarts.length > 0 && (
                      <button
                        type="button"
                        class="button-plain small"
                        aria-expanded={isOpen}
                        onClick={() => setOpened({ ...opened, [job.id]: !isOpen })}
                      >
                        {t("overview.restarts", { n: restarts.length })}
                      </button>
                    )
                  }
                />
                {isOpen && restarts.map((restart) => <Line key={restart.id} network={network} job={restart} isUnder />)}
              </>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

interface LineProps {
  network: Network;
  job: Job;
  more?: ComponentChildren;
  isUnder?: boolean;
}

function Line({ network, job, more, isUnder = false }: LineProps) {
  return (
    <tr>
      <th scope="row" class={isUnder ? "run-under" : ""}>
        <a href={to("/jobs", job.id)}>{ago(job.created_at)}</a> {more}
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
            {job.is_best && <span class="tag tag-best">{t("runs.best")}</span>}{" "}
            <span class="quiet small">{t("overview.best.at", { epoch: whole(job.best_epoch) })}</span>
          </>
        )}
      </td>
      <td>{optimizerOf(job)}</td>
      <td>
        <span class="row">
          <JobVerbs job={job.id} status={job.status} look="button-plain small" />
          {mayOpen(to("/networks", network.name, "train")) && (
            <a href={withParams(to("/networks", network.name, "train"), { job: job.id })}>{t("overview.again")}</a>
          )}
        </span>
      </td>
    </tr>
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
