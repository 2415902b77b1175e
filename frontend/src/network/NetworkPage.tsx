import { may } from "../api/caller";
import { getJob, isOver, listJobs } from "../api/jobs";
import { deleteNetwork, getNetwork } from "../api/networks";
import { getLive } from "../api/versions";
import { MemberWeights } from "../ensemble/MemberWeights";
import { DeleteButton } from "../parts/DeleteButton";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { PredictionTable } from "../score/PredictionTable";
import { NetworkTabs } from "../shell/NetworkTabs";
import { go, type PageProps, to, withParams } from "../shell/router";
import "../texts/train";
import "../texts/versions";
import { t } from "../texts/texts";
import { LiveCard } from "../versions/LiveCard";
import { isRandom } from "../versions/useVersions";
import { Importance } from "./Importance";
import { NetworkFacts } from "./NetworkFacts";
import { TrainingTable } from "./TrainingTable";

const LOOK_AGAIN_MS = 3000;
const COMPARED = 8;

/** What a network is, and how it has been trained. */
export function NetworkPage({ params }: PageProps) {
  const name = params.network ?? "";
  const { value, problem, again } = useLoaded(
    `network ${name}`,
    async (signal) => {
      const [network, live] = await Promise.all([getNetwork(name, signal), getLive(name, signal)]);
      const jobs = (await listJobs({ network: network.id, best: true, limit: 50 }, signal)).data;
      const done = jobs.find((job) => job.status === "succeeded");
      return { network, live, jobs, done: done ? await getJob(done.id, signal) : null };
    },
    ({ jobs }) => (jobs.some((job) => !isOver(job.status)) ? LOOK_AGAIN_MS : null),
  );
  return (
    <>
      <NetworkTabs network={name} here="" />
      <h1 class="visually-hidden">{name}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && (
        <div class="stack-wide">
          <section class="stack">
            <h2>{t("overview.what")}</h2>
            <NetworkFacts network={value.network} />
          </section>
          <section class="stack">
            <div class="row row-between">
              <h2>{t("versions.live")}</h2>
              <a href={to("/networks", name, "versions")}>{t("versions.more")}</a>
            </div>
            <LiveCard live={value.live} isRandom={isRandom(value.network, value.live)} />
          </section>
          <section class="stack">
            <div class="row row-between">
              <h2>{t("overview.jobs")}</h2>
              {may("train") && (
                <a class="button button-main" href={to("/networks", name, "train")}>
                  {t("network.train")}
                </a>
              )}
            </div>
            {value.jobs.length === 0 ? (
              <p class="quiet">{t("overview.jobs.none")}</p>
            ) : (
              <TrainingTable network={value.network} jobs={value.jobs} />
            )}
            {value.jobs.length > 1 && (
              <p class="row">
                <a
                  href={to(
                    "/jobs",
                    value.jobs
                      .slice(0, COMPARED)
                      .map((job) => job.id)
                      .join(","),
                  )}
                >
                  {t("overview.compare")}
                </a>{" "}
                <a href={withParams("#/jobs", { search: name, sort: "best", order: "up" })}>{t("overview.all")}</a>
              </p>
            )}
            <p>
              <a href={withParams("#/schedules", { network: name })}>{t("schedules.title")}</a>
            </p>
          </section>
          <PredictionTable network={value.network} />
          {value.done && <Importance job={value.done} />}
          {value.done?.average && <MemberWeights network={value.network} average={value.done.average} />}
          <div class="row">
            {may("train") && (
              <a class="button" href={withParams("#/score", { network: name })}>
                {t("score.title")}
              </a>
            )}
            {may("train") && (
              <a class="button" href={withParams("#/build", { from: name })}>
                {t("overview.copy")}
              </a>
            )}
            {may("manage") && (
              <DeleteButton
                text={t("overview.delete")}
                sure={t("overview.delete.sure")}
                remove={() => deleteNetwork(name).then(() => go("#/"))}
              />
            )}
          </div>
        </div>
      )}
    </>
  );
}
