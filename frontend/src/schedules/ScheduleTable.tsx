import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { Problem } from "../api/problem";
import { changeSchedule, deleteSchedule, runSchedule } from "../api/schedules";
import type { TrainingSchedule } from "../api/types";
import { DeleteButton } from "../parts/DeleteButton";
import { ago, ahead } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { go, to } from "../shell/router";
import { t } from "../texts/texts";
import { datasetOf, whenOf } from "./schedule";

interface Props {
  schedules: TrainingSchedule[];
  onChange: () => void;
}

export function ScheduleTable({ schedules, onChange }: Props) {
  const heads = ["when", "network", "dataset", "next", "last"] as const;
  return (
    <Scroll label={t("schedules.title")}>
      <table class="trainings">
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{t(`schedules.${head}`)}</th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {schedules.map((schedule) => (
            <ScheduleRow key={schedule.id} schedule={schedule} onChange={onChange} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function ScheduleRow({ schedule, onChange }: { schedule: TrainingSchedule; onChange: () => void }) {
  const { name, network, state, stopped, next_run_at } = schedule;
  return (
    <tr>
      <th scope="row">
        {name && <span class="schedule-name">{name}</span>}
        <span class="mono">{whenOf(schedule)}</span>
      </th>
      <td>
        <a href={to("/networks", network)}>{network}</a>
      </td>
      <td>{datasetOf(schedule)}</td>
      <td title={next_run_at ?? undefined}>
        {state === "active" && next_run_at !== null && ahead(next_run_at)}
        {state === "paused" && t("schedules.paused")}
        {state === "stopped" && <span class="fault">{t("schedules.stopped", { why: stopped ?? "" })}</span>}
      </td>
      <td>
        <LastRun schedule={schedule} />
      </td>
      <td>{may("train") && <Verbs schedule={schedule} onChange={onChange} />}</td>
    </tr>
  );
}

function LastRun({ schedule: { last_run_at, last_outcome, last_error, last_job } }: { schedule: TrainingSchedule }) {
  if (!last_outcome) return <span class="quiet">{t("schedules.never")}</span>;
  return (
    <span class="stack-tight">
      <span title={last_run_at ?? undefined}>
        {t(`schedules.outcome.${last_outcome}`)}
        {last_run_at && <span class="quiet small"> {ago(last_run_at)}</span>}
      </span>
      {last_error && <span class="fault">{last_error}</span>}
      {last_job?.status && (
        <a class="small" href={to("/jobs", last_job.id)}>
          {t("schedules.job", { status: t(`status.${last_job.status}`) })}
        </a>
      )}
      {last_job?.error?.message && <span class="fault">{last_job.error.message}</span>}
    </span>
  );
}

function Verbs({ schedule: { id, state, name }, onChange }: { schedule: TrainingSchedule; onChange: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  async function act(does: () => Promise<unknown>): Promise<void> {
    try {
      await does();
      setProblem(null);
      onChange();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  const label = (text: string) => (name ? `${text}: ${name}` : text);
  return (
    <span class="stack-tight">
      <span class="row key-actions">
        <button
          type="button"
          aria-label={label(t("schedules.run"))}
          onClick={() => void act(() => runSchedule(id).then((job) => go(to("/jobs", job.id))))}
        >
          {t("schedules.run")}
        </button>
        <button
          type="button"
          aria-label={label(t(state === "active" ? "schedules.pause" : "schedules.resume"))}
          onClick={() => void act(() => changeSchedule(id, { paused: state === "active" }))}
        >
          {t(state === "active" ? "schedules.pause" : "schedules.resume")}
        </button>
        <DeleteButton
          text={t("delete")}
          sure={t("schedules.delete.sure")}
          remove={() => deleteSchedule(id).then(onChange)}
        />
      </span>
      {problem && <ProblemNote problem={problem} />}
    </span>
  );
}
