/** The histories of the folds of a cross-validation, or of the members of an ensemble, whose mean a job's own history is. */
import { getHistory, isOver } from "../api/jobs";
import { foldsOf } from "../api/options";
import type { Epoch } from "../api/types";
import { useLoaded } from "../parts/useLoaded";
import { rowAt } from "./columns";
import { type Row, rowOf } from "./rows";
import type { Series } from "./series";

export interface Fit {
  rows: readonly Row[];
  best_epoch: number | null;
  best_value: number | null;
}

const MOST_POINTS = 300;
const LOOK_AGAIN_MS = 5000;
const NONE: readonly Fit[] = [];

/** Empty for a job of one network. */
export function useFits(series: Series | null): readonly Fit[] {
  const isAsked = series !== null && hasFits(series);
  const isGoing = series !== null && !isOver(series.progress.status);
  const { value } = useLoaded(
    isAsked ? `fits ${series.job.id} ${isGoing}` : null,
    async () =>
      fitsOf((await getHistory(series!.job.id, { fields: "fits", max_points: MOST_POINTS, limit: MOST_POINTS })).data),
    () => (isGoing ? LOOK_AGAIN_MS : null),
  );
  return value ?? NONE;
}

/** An ensemble is known by the weights of its members at its end, and before by a best value that is on no curve. */
export function hasFits({ job, progress, rows }: Series): boolean {
  const { best_epoch, best_value } = progress;
  if (foldsOf(job) || job.average) return true;
  if (best_epoch === null || best_value === null) return false;
  const row = rowAt(rows, best_epoch);
  const drawn = row?.epoch === best_epoch ? row.values[job.monitored] : undefined;
  return drawn !== undefined && Math.abs(drawn - best_value) > TOLERANCE * Math.abs(best_value);
}

/** One that has diverged has no numbers from then on. */
export function fitsOf(epochs: readonly Epoch[]): Fit[] {
  const last = epochs.at(-1)?.fits ?? [];
  if (last.length < 2) return [];
  return last.map((fit, at) => ({
    rows: epochs.flatMap(({ epoch, fits }) => (fits?.[at] ? [rowOf({ ...fits[at], epoch })] : [])),
    best_epoch: fit?.best_epoch ?? null,
    best_value: fit?.best_value ?? null,
  }));
}

/** Of numbers that came through JSON as they are. */
const TOLERANCE = 1e-6;
