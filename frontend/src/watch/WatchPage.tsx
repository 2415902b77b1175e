import { useMemo, useState } from "preact/hooks";
import { MOST_COMPARED } from "../api/jobs";
import { ProblemNote } from "../parts/ProblemNote";
import "uplot/dist/uPlot.min.css";
import "../styles/watch.css";
import { PredictionJob } from "../score/PredictionJob";
import { NetworkTabs } from "../shell/NetworkTabs";
import type { PageProps } from "../shell/router";
import "../texts/watch";
import { t } from "../texts/texts";
import { Compared } from "./Compared";
import { Controls } from "./Controls";
import { Downloads } from "./Downloads";
import { Findings } from "./Findings";
import { HealthTable } from "./HealthTable";
import { JobHead } from "./JobHead";
import { MainChart } from "./MainChart";
import { merged } from "./rows";
import { SmallChart } from "./SmallChart";
import { StreamNote } from "./StreamNote";
import { drawable, type Series } from "./series";
import { useDetail } from "./useDetail";
import { useSeries } from "./useSeries";
import { viewOf } from "./view";

/** One job as it learns, or several beside each other. */
export function WatchPage({ params, query }: PageProps) {
  const ids = useMemo(
    () => [...new Set((params.jobs ?? "").split(",").filter(Boolean))].slice(0, MOST_COMPARED),
    [params.jobs],
  );
  const { allSeries, problem, stream, again } = useSeries(ids);
  const view = viewOf(query);
  const detail = useDetail(ids, view.zoom);
  const [hovered, setHovered] = useState<number | null>(null);
  const rows = useMemo(
    () =>
      Object.fromEntries(allSeries.map((series) => [series.job.id, merged(series.rows, detail[series.job.id] ?? [])])),
    [allSeries, detail],
  );

  if (allSeries.length === 0) {
    return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  }
  const [only] = allSeries;
  if (allSeries.length === 1 && only?.job.kind === "prediction") {
    return (
      <>
        <NetworkTabs network={only.job.network} here={null} />
        {problem && <ProblemNote problem={problem} retry={again} />}
        <PredictionJob series={only} />
      </>
    );
  }
  const chart = { allSeries, rows, view, hovered, onHover: setHovered };
  const last = Math.max(1, ...allSeries.map(({ progress }) => progress.epoch));
  const [first] = allSeries;
  const networks = new Set(allSeries.map(({ job }) => job.network));
  return (
    <>
      {networks.size === 1 && first && <NetworkTabs network={first.job.network} here={null} />}
      <div class="stack-wide">
        <section class="stack">
          <div class="row row-between">
            <h1>{question(allSeries, view.value)}</h1>
            <StreamNote stream={stream} />
          </div>
          {allSeries.length === 1 && first && <JobHead series={first} />}
          {allSeries.length === 1 && first && <Findings findings={first.job.findings} />}
          {problem && <ProblemNote problem={problem} retry={again} />}
          <Controls view={view} values={drawable(allSeries)} last={last} />
          <MainChart {...chart} />
          <Downloads allSeries={allSeries} view={view} />
        </section>
        <Compared allSeries={allSeries} view={view} />
        <div class="pair">
          <SmallChart {...chart} title={t("watch.learning_rate")} name="learning_rate" isLog={false} />
          <SmallChart {...chart} title={t("watch.gradient_norm")} name="gradient_norm" isLog />
        </div>
        {allSeries.length === 1 && first && <HealthTable key={first.job.id} series={first} />}
      </div>
    </>
  );
}

function question(allSeries: readonly Series[], value: string): string {
  if (allSeries.length > 1) return t("watch.question.many", { value });
  return value === "loss" ? t("watch.question") : t("watch.question.metric", { value });
}
