/** Jobs that are not over yet, with losses for a small picture: first thinned by the service, then live. */
import { signal } from "@preact/signals";
import { follow } from "../api/follow";
import { compareHistories, MOST_COMPARED } from "../api/jobs";
import type { Progress } from "../api/types";

export interface LiveJob {
  losses: (number | null)[];
  progress: Progress | null;
}

/** By job id. */
export const liveJobs = signal<Record<string, LiveJob>>({});

const POINTS = 80;

/** Follow these jobs until the answer is called; `onTurn` when the status of one changes. */
export function followJobs(jobs: string[], onTurn: () => void): () => void {
  let stop = () => {};
  let isStopped = false;
  void losses(jobs).then(
    (known) => {
      if (isStopped) return;
      liveJobs.value = {
        ...liveJobs.value,
        ...Object.fromEntries(known.map(({ job, losses }) => [job, { losses, progress: null }])),
      };
      const lastId = jobs.map((job) => `0.${known.find((each) => each.job === job)?.lastEpoch ?? 0}`).join(",");
      stop = follow(
        jobs,
        {
          onMessage: (message) => {
            if (message.kind === "end") return onTurn();
            const before = liveJobs.value[message.job]?.losses ?? [];
            const added = message.kind === "epochs" ? message.epochs.map((epoch) => epoch.loss ?? null) : [];
            liveJobs.value = {
              ...liveJobs.value,
              [message.job]: { losses: thinned([...before, ...added]), progress: message.progress },
            };
            if (message.kind === "event" && ["started", "paused", "ended"].includes(message.name)) onTurn();
          },
        },
        lastId,
      );
    },
    () => undefined,
  );
  return () => {
    isStopped = true;
    stop();
  };
}

export interface Losses {
  job: string;
  losses: (number | null)[];
  lastEpoch: number;
}

export async function losses(jobs: string[]): Promise<Losses[]> {
  const found: Losses[] = [];
  for (let start = 0; start < jobs.length; start += MOST_COMPARED) {
    const page = await compareHistories(jobs.slice(start, start + MOST_COMPARED), {
      max_points: POINTS,
      fields: "loss",
    });
    for (const { job, epochs } of page.data) {
      found.push({ job, losses: epochs.map((epoch) => epoch.loss ?? null), lastEpoch: epochs.at(-1)?.epoch ?? 0 });
    }
  }
  return found;
}

/** Every second one, until there are few enough; the last one stays. */
function thinned(values: (number | null)[]): (number | null)[] {
  let kept = values;
  while (kept.length > 2 * POINTS) kept = kept.filter((_, index) => (kept.length - 1 - index) % 2 === 0);
  return kept;
}
