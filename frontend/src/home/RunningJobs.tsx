import type { Job } from "../api/types";
import { t } from "../texts/texts";
import { RunningJob } from "./RunningJob";

export function RunningJobs({ jobs }: { jobs: Job[] }) {
  return (
    <section class="stack">
      <h2>{t("home.running")}</h2>
      <div class="cards">
        {jobs.map((job) => (
          <RunningJob key={job.id} job={job} />
        ))}
      </div>
    </section>
  );
}
