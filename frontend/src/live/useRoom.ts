/** What a training has to show: where one can stop on its way, and the weights of the stop that is shown. */
import { useMemo, useRef } from "preact/hooks";
import { MOST_PARAMETERS } from "../api/frames";
import { isOver } from "../api/jobs";
import { foldsOf } from "../api/options";
import type { Problem } from "../api/problem";
import { speaksNames } from "../api/table";
import type { Network, Snapshot, Weights } from "../api/types";
import { type NetworkRows, useRows } from "../inside/useRows";
import { useSnapshots } from "../inside/useSnapshots";
import { useWeights } from "../inside/useWeights";
import { setQuery } from "../shell/router";
import type { Series } from "../watch/series";
import { framed } from "./frames";
import { epochAt, placeOf, type Stop, stopsOf } from "./stops";
import { useFrames } from "./useFrames";

export interface Room {
  stops: readonly Stop[];
  at: number;
  /** The stop whose weights are shown: those that are asked for may be on their way. */
  shown: Stop | null;
  weights: Weights | null;
  rows: NetworkRows | null | undefined;
  /** Whether the training has kept no weights at all. */
  isBare: boolean;
  /** Whether frames are drawn as they come. */
  isMoving: boolean;
  trouble: { problem: Problem; again: () => void } | null;
  onGo(at: number): void;
}

export function useRoom(network: Network, series: Series, query: Record<string, string>): Room {
  const {
    job,
    saved,
    progress: { status },
  } = series;
  const isDone = isOver(status);
  const snapshots = useSnapshots(network.name, { job, status, saved });
  const { tensors, frames } = useFrames(job.id, !isDone && network.parameter_count <= MOST_PARAMETERS);
  const all = snapshots.value?.snapshots ?? NONE;
  // While it trains, the newest best one and the last one may be gone before they are asked for; those of a list from
  // before it stopped are.
  const isSettled = (isDone || status === "paused") && snapshots.value?.status === status;
  const list = useMemo(
    () => (isSettled ? all : all.filter((each) => each.job !== job.id || isKept(each))),
    [all, isSettled],
  );
  const stops = useMemo(() => stopsOf(list, frames), [list, frames]);
  const like = useRef<string | null>(null);
  like.current ??= list[0]?.id ?? null;
  const at = placeOf(stops, query.epoch);
  const stop = stops[at] ?? null;
  // Of a table's rows nothing is known until the first weights are kept.
  const isTable = speaksNames(network) || Boolean((job.options as { dataset?: unknown }).dataset);
  // In a cross-validation, every row is held out once.
  const isFolded = foldsOf(job) !== null;
  const rows = useRows(
    isFolded ? null : network,
    job.id,
    undefined,
    isTable && list.some((each) => each.job === job.id) ? 1 : 0,
  );

  // While it moves, frames are drawn as they come; where it stands, the snapshot has the last digit too.
  const asked = stop?.snapshot && !(stop.frame && status === "running") ? stop.snapshot.id : null;
  const exact = useWeights(network, asked);
  const form = useWeights(network, frames.length > 0 ? like.current : null).weights;
  const before = useRef<Pick<Room, "shown" | "weights">>({ shown: null, weights: null });
  const drawn = useMemo(() => {
    if (stop && asked && exact.weights?.snapshot === asked) return { shown: stop, weights: exact.weights };
    if (stop?.frame && form) return { shown: stop, weights: framed(form, tensors, stop.frame) };
    return before.current;
  }, [asked, exact.weights, stop?.epoch, stop?.frame, form, tensors]);
  before.current = drawn;

  // That the service is away the page says above; what is in view stays.
  const trouble = [snapshots, exact].find(({ problem }) => problem && !(problem.isUnreachable && drawn.weights));
  return {
    stops,
    at,
    ...drawn,
    rows,
    isBare: snapshots.value !== null && stops.length === 0,
    trouble: trouble?.problem ? { problem: trouble.problem, again: trouble.again } : null,
    onGo: (next) => setQuery({ epoch: epochAt(stops, next) }),
    isMoving: status === "running" && drawn.shown?.frame !== null && query.epoch === undefined,
  };
}

const NONE: readonly Snapshot[] = [];
const isKept = ({ kind }: Snapshot) => kind !== "best" && kind !== "last";
