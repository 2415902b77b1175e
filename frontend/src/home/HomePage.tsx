import { useEffect, useState } from "preact/hooks";
import { isOver, listJobs } from "../api/jobs";
import { listNetworks } from "../api/networks";
import type { Job, Network } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";
import { followJobs, MOST_TOGETHER } from "./liveJobs";
import { NetworkList } from "./NetworkList";
import { OwnWays } from "./OwnWays";
import { RunningJobs } from "./RunningJobs";
import { Starters } from "./Starters";

const LOOK_AGAIN_MS = 4000;
const PAGE = 100;

/** Networks and what is training now; for a newcomer, something to begin with. */
export function HomePage() {
  const [count, setCount] = useState(PAGE);
  const { value, problem, again } = useLoaded(`home ${count}`, async () => {
    const [networks, jobs] = await Promise.all([networksUpTo(count), listJobs({ limit: 100 })]);
    return { ...networks, jobs: jobs.data };
  });
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [count]);
  const running = (value?.jobs ?? []).filter((job) => !isOver(job.status));
  const followed = running.slice(0, MOST_TOGETHER).map((job) => job.id);
  useEffect(() => (followed.length > 0 ? followJobs(followed, again) : undefined), [followed.join()]);

  if (!value) return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  if (value.networks.length === 0) return <Welcome />;
  return (
    <div class="stack-wide">
      {running.length > 0 && <RunningJobs jobs={running} />}
      <section class="stack">
        <div class="row row-between">
          <h1>{t("home.title")}</h1>
          <a class="button button-main" href="#/build">
            {t("home.new")}
          </a>
        </div>
        <NetworkList networks={value.networks} newest={newestJobs(value.jobs)} />
        {value.hasMore && (
          <p>
            <button type="button" onClick={() => setCount(count + PAGE)}>
              {t("home.more")}
            </button>
          </p>
        )}
      </section>
      <section class="stack">
        <h2>{t("home.starters.again")}</h2>
        <Starters />
      </section>
    </div>
  );
}

function Welcome() {
  return (
    <div class="stack-wide">
      <section class="stack">
        <h1>{t("home.starters.title")}</h1>
        <p class="quiet">{t("home.starters.lead")}</p>
        <Starters />
      </section>
      <OwnWays />
    </div>
  );
}

async function networksUpTo(count: number): Promise<{ networks: Network[]; hasMore: boolean }> {
  const networks: Network[] = [];
  for (;;) {
    const page = await listNetworks(PAGE, networks.at(-1)?.id);
    networks.push(...page.data);
    if (!page.has_more || networks.length >= count) return { networks, hasMore: page.has_more };
  }
}

/** Jobs come newest first. */
function newestJobs(jobs: Job[]): Map<string, Job> {
  const newest = new Map<string, Job>();
  for (const job of jobs) if (!newest.has(job.network_id)) newest.set(job.network_id, job);
  return newest;
}
