import { useMemo } from "preact/hooks";
import { MOST_PARAMETERS } from "../api/frames";
import { MOST_COMPARED } from "../api/jobs";
import { getNetwork } from "../api/networks";
import type { Network } from "../api/types";
import { MemberWeights } from "../ensemble/MemberWeights";
import { JobRoom } from "../live/JobRoom";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import "uplot/dist/uPlot.min.css";
import "../styles/watch.css";
import { PredictionJob } from "../score/PredictionJob";
import { NetworkTabs } from "../shell/NetworkTabs";
import type { PageProps } from "../shell/router";
import "../texts/watch";
import { t } from "../texts/texts";
import { Compared } from "./Compared";
import { Findings, findingsOf } from "./Findings";
import { Folds } from "./Folds";
import { HealthTable } from "./HealthTable";
import { JobHead } from "./JobHead";
import { LossChart } from "./LossChart";
import { Reported } from "./Reported";
import { SmallCharts } from "./SmallCharts";
import { StreamNote } from "./StreamNote";
import type { Series } from "./series";
import { useWatched, type Watched } from "./useWatched";

/** One job as it learns, or several beside each other. */
export function WatchPage({ params, query }: PageProps) {
  const ids = useMemo(
    () => [...new Set((params.jobs ?? "").split(",").filter(Boolean))].slice(0, MOST_COMPARED),
    [params.jobs],
  );
  const watched = useWatched(ids, query);
  const { allSeries, problem, again } = watched;
  const only = allSeries.length === 1 ? allSeries[0]! : null;
  const network = useLoaded(only && only.job.kind === "training" ? only.job.network_id : null, (signal) =>
    getNetwork(only!.job.network_id, signal),
  );

  if (allSeries.length === 0) {
    return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  }
  if (only?.job.kind === "prediction") {
    return (
      <>
        <NetworkTabs network={only.job.network} here={null} />
        {problem && <ProblemNote problem={problem} retry={again} />}
        <PredictionJob series={only} />
      </>
    );
  }
  if (only && !network.value && !network.problem) return <p class="quiet">{t("loading")}</p>;
  if (only && isSmall(network.value))
    return <JobRoom network={network.value} series={only} watched={watched} query={query} />;
  return <Jobs watched={watched} only={only} network={network.value} />;
}

const isSmall = (network: Network | null): network is Network =>
  network !== null && network.parameter_count <= MOST_PARAMETERS;

/** Several jobs, or one whose network is too large to be drawn while it trains. */
function Jobs({ watched, only, network }: { watched: Watched; only: Series | null; network: Network | null }) {
  const { allSeries, problem, stream, again, chart } = watched;
  const networks = new Set(allSeries.map(({ job }) => job.network));
  return (
    <>
      {networks.size === 1 && <NetworkTabs network={allSeries[0]!.job.network} here={null} />}
      <div class="stack-wide">
        <section class="stack">
          <div class="row row-between">
            <h1>{question(allSeries, chart.view.value)}</h1>
            <StreamNote stream={stream} />
          </div>
          {only && <JobHead series={only} />}
          {only && <Findings findings={findingsOf(only.job)} />}
          {only && <Reported job={only.job} />}
          {only && <Folds job={only.job} />}
          {problem && <ProblemNote problem={problem} retry={again} />}
          <LossChart {...chart} />
        </section>
        <Compared allSeries={allSeries} view={chart.view} />
        {network && only?.job.average && <MemberWeights network={network} average={only.job.average} />}
        <SmallCharts {...chart} />
        {only && <HealthTable key={only.job.id} series={only} />}
      </div>
    </>
  );
}

function question(allSeries: readonly Series[], value: string): string {
  if (allSeries.length > 1) return t("watch.question.many", { value });
  return value === "loss" ? t("watch.question") : t("watch.question.metric", { value });
}
