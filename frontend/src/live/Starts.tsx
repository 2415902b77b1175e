import { listJobs } from "../api/jobs";
import type { Job } from "../api/types";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import { t } from "../texts/texts";

const MOST = 20;

/** The other starts of the same training, where there are any; the first is the one under which lists fold them. */
export function Starts({ job }: { job: Job }) {
  const first = job.restart_of ?? job.id;
  const { value } = useLoaded(`starts ${job.id}`, async () =>
    (await listJobs({ restart_of: first, limit: MOST })).data.map(({ id }) => id).toReversed(),
  );
  if (!value?.length) return null;
  return (
    <nav class="row small" aria-label={t("live.starts")}>
      <span class="quiet">{t("live.starts")}</span>
      {[first, ...value].map((id, index) => (
        <a href={to("/jobs", id)} aria-current={id === job.id ? "page" : undefined}>
          {index === 0 ? t("live.starts.first") : index + 1}
        </a>
      ))}
    </nav>
  );
}
