import { useEffect, useRef, useState } from "preact/hooks";
import { may } from "../api/caller";
import { isOver, restartJob, resumeJob, tellJob } from "../api/jobs";
import { Problem } from "../api/problem";
import type { Network } from "../api/types";
import { MemberWeights } from "../ensemble/MemberWeights";
import { inputNamesOf } from "../inside/model";
import { WholeNetwork } from "../inside/WholeNetwork";
import { ProblemNote } from "../parts/ProblemNote";
import { Still } from "../parts/Still";
import { NetworkTabs } from "../shell/NetworkTabs";
import { go, to } from "../shell/router";
import "uplot/dist/uPlot.min.css";
import "../styles/drawing.css";
import "../styles/inside.css";
import "../styles/live.css";
import "../styles/watch.css";
import "../texts/inside";
import "../texts/live";
import "../texts/watch";
import { language } from "../texts/language";
import { t } from "../texts/texts";
import { Compared } from "../watch/Compared";
import { Findings, findingsOf } from "../watch/Findings";
import { Folds } from "../watch/Folds";
import { HealthTable } from "../watch/HealthTable";
import { JobHead } from "../watch/JobHead";
import { LossChart } from "../watch/LossChart";
import { Reported } from "../watch/Reported";
import { SmallCharts } from "../watch/SmallCharts";
import { StreamNote } from "../watch/StreamNote";
import type { Series } from "../watch/series";
import type { Charted, Watched } from "../watch/useWatched";
import { Options } from "./Options";
import { Starts } from "./Starts";
import { Transport } from "./Transport";
import { useRoom } from "./useRoom";
import { type Tried, Waiting } from "./Waiting";

interface Props {
  network: Network;
  series: Series;
  watched: Watched;
  query: Record<string, string>;
}

const CHART_HEIGHT = 280;
const NO_ROWS: readonly never[] = [];

/** A network and one of its trainings: drawing, surface, loss and outputs move together, and are moved from one place. */
export function JobRoom({ network, series, watched, query }: Props) {
  const { job, progress } = series;
  const { problem, stream, again, chart } = watched;
  const room = useRoom(network, series, query);
  const { rows } = room;
  const [tried, setTried] = useState<Tried | null>(null);
  const weights = (progress.status === "queued" ? tried?.weights : null) ?? room.weights;
  const [pace, setPace] = useState(job.epochs_per_second ?? null);
  const isPauseAsked = useRef(false);
  const isDone = isOver(progress.status);
  const resume = (until_epoch?: number, at = pace) => {
    isPauseAsked.current = false;
    return resumeJob(job.id, { until_epoch, epochs_per_second: at });
  };
  const pause = () => {
    isPauseAsked.current = true;
    return tellJob(job.id, "pause");
  };
  useEffect(() => {
    if (progress.status === "paused") isPauseAsked.current = false;
  }, [progress.status]);
  // A training that runs or waits takes another pace without a stop. One that is to stop would go on by that: it takes
  // the pace when it is resumed.
  async function changePace(next: number | null): Promise<void> {
    setPace(next);
    const isGoing = progress.status === "running" || progress.status === "queued";
    if (isGoing && !isPauseAsked.current) await resume(undefined, next).catch(ignored);
  }
  async function restart(body: Parameters<typeof restartJob>[1]): Promise<void> {
    const next = await restartJob(job.id, { epochs_per_second: pace, ...body });
    // The new one needs the slot; what the old one has learnt stays.
    if (!isDone) await tellJob(job.id, "cancel").catch(ignored);
    go(to("/jobs", next.id));
  }
  const { epoch, epochs, status } = progress;
  const known = rows?.rows ?? NO_ROWS;
  // Weights move many times a second: what does not show them is left as it is.
  const words = language.value;
  return (
    <>
      <NetworkTabs network={job.network} here="inside" />
      <div class="stack-wide">
        <div class="stack">
          <div class="row row-between">
            <h1>{t(isDone ? "inside.question" : "live.question")}</h1>
            <StreamNote stream={stream} />
          </div>
          <Still on={[series, words]}>
            {() => (
              <>
                <JobHead series={series} inRoom />
                <Starts job={job} />
                <Findings findings={findingsOf(job)} />
                <Reported job={job} />
                <Folds job={job} />
                {job.average && <MemberWeights network={network} average={job.average} />}
              </>
            )}
          </Still>
          {problem && <ProblemNote problem={problem} retry={again} />}
          {room.trouble && <ProblemNote problem={room.trouble.problem} retry={room.trouble.again} />}
        </div>
        <Transport
          network={network}
          going={{
            job: job.id,
            status,
            epoch,
            epochs,
            pace,
            onPace: changePace,
            onResume: resume,
            onPause: pause,
            onReset: () => restart({ pause_at: 0 }),
          }}
          stops={room.stops}
          at={room.at}
          shown={room.shown}
          onGo={room.onGo}
        />
        {status === "queued" && (
          <Waiting network={network} job={job} weights={room.weights} rows={known} tried={tried} onTried={setTried} />
        )}
        {may("train") && (
          <Still on={[network, job, status, epoch, pace, words]}>
            {() => (
              <Options
                network={network}
                job={job}
                status={status}
                epoch={epoch}
                pace={pace}
                onRestart={restart}
                onChanged={again}
              />
            )}
          </Still>
        )}
        <WholeNetwork
          network={network}
          weights={weights}
          rows={known}
          names={rows?.names ?? inputNamesOf(network)}
          isMoving={room.isMoving}
          otherwise={<p class="quiet">{!room.trouble && t(room.isBare ? "inside.no_weights" : "loading")}</p>}
        >
          <Still on={[chart, words]}>{() => <Losses {...chart} />}</Still>
        </WholeNetwork>
        <Still on={[chart, series, words]}>
          {() => (
            <>
              <Compared allSeries={chart.allSeries} view={chart.view} />
              <SmallCharts {...chart} />
              <HealthTable key={job.id} series={series} />
            </>
          )}
        </Still>
      </div>
    </>
  );
}

function Losses(chart: Charted) {
  const { value } = chart.view;
  return (
    <section class="stack room-chart">
      <h2>{value === "loss" ? t("watch.question") : t("watch.question.metric", { value })}</h2>
      <LossChart {...chart} height={CHART_HEIGHT} />
    </section>
  );
}

/** It may have ended by itself meanwhile. */
function ignored(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}
