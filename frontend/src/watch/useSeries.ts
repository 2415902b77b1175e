/** The series of some jobs: thinned out by the service up to now, then live, picked up again after every interruption. */
import { useEffect, useState } from "preact/hooks";
import { revivals } from "../api/connection";
import { follow, type Message, type StreamState } from "../api/follow";
import { compareHistories, getJob, isOver } from "../api/jobs";
import { Problem } from "../api/problem";
import { type Series, seriesOf, told } from "./series";

export interface ShownSeries {
  allSeries: readonly Series[];
  problem: Problem | null;
  stream: StreamState | null;
  again: () => void;
}

const POINTS = 1200;

export function useSeries(jobs: readonly string[]): ShownSeries {
  const key = jobs.join(",");
  const [shown, setShown] = useState<{ key: string; allSeries: readonly Series[] }>({ key: "", allSeries: [] });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [stream, setStream] = useState<StreamState | null>(null);
  const [asked, setAsked] = useState(0);
  const again = () => setAsked((n) => n + 1);

  // A stream that is followed comes back by itself; only what never began is asked for again when the service is back.
  const revived = revivals.value;
  useEffect(() => {
    if (problem?.isUnreachable) again();
  }, [revived]);

  useEffect(() => {
    const stopped = new AbortController();
    let stop = () => {};
    load(jobs, stopped.signal).then(
      (loaded) => {
        if (stopped.signal.aborted) return;
        setProblem(null);
        stop = live(loaded, {
          onSeries: (allSeries) => setShown({ key, allSeries }),
          onState: setStream,
          onProblem: setProblem,
        });
      },
      (error: unknown) => {
        if (stopped.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      },
    );
    return () => {
      stopped.abort();
      stop();
    };
  }, [key, asked]);

  return { allSeries: shown.key === key ? shown.allSeries : [], problem, stream, again };
}

async function load(jobs: readonly string[], signal: AbortSignal): Promise<Series[]> {
  const [records, compared] = await Promise.all([
    Promise.all(jobs.map((job) => getJob(job, signal))),
    compareHistories([...jobs], { max_points: POINTS }, signal),
  ]);
  return records.flatMap((job, index) => (compared.data[index] ? [seriesOf(job, compared.data[index])] : []));
}

interface Audience {
  onSeries(allSeries: readonly Series[]): void;
  onState(state: StreamState): void;
  onProblem(problem: Problem): void;
}

/** Between two pictures of epochs that come one after the other. */
const SHOW_EVERY_MS = 250;

/** Show what is known, then what comes: epochs a few times a second, whatever else happens with the next frame. */
function live(loaded: readonly Series[], audience: Audience): () => void {
  let allSeries = loaded;
  let frame = 0;
  let timer = 0;
  const show = () => {
    clearTimeout(timer);
    frame = timer = 0;
    audience.onSeries(allSeries);
  };
  const soon = () => {
    frame ||= requestAnimationFrame(show);
  };
  const later = () => {
    timer ||= window.setTimeout(soon, SHOW_EVERY_MS);
  };
  const onMessage = (message: Message) => {
    if (message.kind === "end") {
      void refresh(allSeries).then((fresh) => {
        allSeries = fresh;
        soon();
      });
      return;
    }
    allSeries = allSeries.map((series) => (series.job.id === message.job ? told(series, message) : series));
    if (message.kind === "epochs" || message.name === "snapshot") later();
    else soon();
  };
  show();
  if (allSeries.every(({ job }) => isOver(job.status))) {
    audience.onState("ended");
    return () => undefined;
  }
  const stop = follow(
    allSeries.map(({ job }) => job.id),
    { onMessage, onState: audience.onState, onProblem: audience.onProblem },
    allSeries.map(({ rows }) => `0.${rows.at(-1)?.epoch ?? 0}`).join(","),
  );
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    stop();
  };
}

/** What only the job's record says when it is over: why it failed, and whether it stopped early. */
async function refresh(allSeries: readonly Series[]): Promise<readonly Series[]> {
  return Promise.all(
    allSeries.map(async (series) => {
      try {
        const job = await getJob(series.job.id);
        return {
          ...series,
          job,
          progress: {
            ...series.progress,
            status: job.status,
            best_epoch: job.best_epoch,
            best_value: job.best_value ?? null,
          },
        };
      } catch {
        return series;
      }
    }),
  );
}
