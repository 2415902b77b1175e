import { useEffect, useState } from "preact/hooks";
import { may } from "../api/caller";
import { listJobs, MOST_COMPARED } from "../api/jobs";
import { listNetworks } from "../api/networks";
import type { Job, JobStatus, Network } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import "../texts/home";
import { t } from "../texts/texts";
import { followJobs } from "./liveJobs";
import { NetworkList } from "./NetworkList";
import { newestJobs } from "./newest";
import { OwnWays } from "./OwnWays";
import { RunningJobs } from "./RunningJobs";
import { Starters } from "./Starters";

const LOOK_AGAIN_MS = 4000;
const PAGE = 100;
/** Jobs that are not over, by what a visitor looks for first. */
const UNDER_WAY: readonly JobStatus[] = ["running", "pausing", "cancelling", "paused"];

/** Networks and what is training now; for a newcomer, something to begin with. */
export function HomePage() {
  const [count, setCount] = useState(PAGE);
  const { value, problem, again } = useLoaded(
    `home ${count}`,
    async () => {
      const [networks, running, latest] = await Promise.all([
        networksUpTo(count),
        openJobs(),
        listJobs({ limit: PAGE }),
      ]);
      const recent = [...latest.data, ...running];
      const newest = await newestJobs(latest.has_more ? networks.networks : [], recent);
      return { ...networks, running, newest };
    },
    () => LOOK_AGAIN_MS,
  );
  const running = value?.running ?? [];
  const followed = running.slice(0, MOST_COMPARED).map((job) => job.id);
  useEffect(() => (followed.length > 0 ? followJobs(followed, again) : undefined), [followed.join()]);

  if (!value) return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  if (value.networks.length === 0) return may("train") ? <Welcome /> : <Nothing />;
  return (
    <div class="stack-wide">
      {running.length > 0 && <RunningJobs jobs={running} />}
      <section class="stack">
        <div class="row row-between">
          <h1>{t("home.title")}</h1>
          {may("train") && (
            <a class="button button-main" href="#/build">
              {t("home.new")}
            </a>
          )}
        </div>
        <NetworkList networks={value.networks} newest={value.newest} />
        {value.hasMore && (
          <p>
            <button type="button" onClick={() => setCount(count + PAGE)}>
              {t("home.more")}
            </button>
          </p>
        )}
      </section>
      {may("train") && (
        <section class="stack">
          <h2>{t("home.starters.again")}</h2>
          <Starters />
        </section>
      )}
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

/** For a reader whose key creates nothing. */
function Nothing() {
  return (
    <section class="stack">
      <h1>{t("home.title")}</h1>
      <p class="quiet">{t("home.none")}</p>
    </section>
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

/** A long queue must not hide what trains, so it is asked for apart and stands behind, in its own order. */
async function openJobs(): Promise<Job[]> {
  const [started, queued] = await Promise.all([
    listJobs({ status: UNDER_WAY, limit: PAGE }),
    listJobs({ status: ["queued"], limit: PAGE }),
  ]);
  const rank = (job: Job) => UNDER_WAY.indexOf(job.status);
  const place = (job: Job) => job.queue_position ?? 0;
  const known = new Set(started.data.map((job) => job.id)); // A job may have begun between the two answers.
  const waiting = queued.data.filter((job) => !known.has(job.id));
  return [...started.data.sort((a, b) => rank(a) - rank(b)), ...waiting.sort((a, b) => place(a) - place(b))];
}
