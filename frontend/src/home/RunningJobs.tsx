import type { Job } from "../api/types";
import "../styles/runs.css";
import { whole } from "../parts/format";
import "../texts/runs";
import { t } from "../texts/texts";
import { RunningJob } from "./RunningJob";

/** More waiting jobs than these are one line. */
const MOST_WAITING = 3;
/** And no more than these when it is opened: the table of all trainings has the rest. */
const MOST_OPENED = 30;

export function RunningJobs({ jobs }: { jobs: Job[] }) {
  const waiting = jobs.filter(({ status }) => status === "queued");
  const isFolded = waiting.length > MOST_WAITING;
  const shown = isFolded ? jobs.filter(({ status }) => status !== "queued") : jobs;
  return (
    <section class="stack">
      <h2>{t("home.running")}</h2>
      {shown.length > 0 && <Cards jobs={shown} />}
      {isFolded && (
        <details class="waiting">
          <summary>{t("runs.waiting", { count: whole(waiting.length) })}</summary>
          <Cards jobs={waiting.slice(0, MOST_OPENED)} />
          {waiting.length > MOST_OPENED && (
            <p>
              <a href="#/jobs?status=queued">{t("runs.title")}</a>
            </p>
          )}
        </details>
      )}
    </section>
  );
}

const Cards = ({ jobs }: { jobs: Job[] }) => (
  <div class="cards">
    {jobs.map((job) => (
      <RunningJob key={job.id} job={job} />
    ))}
  </div>
);
