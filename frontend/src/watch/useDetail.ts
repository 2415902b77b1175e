/** A closer look at the stretch that is zoomed into: the service thins out that stretch alone. */
import { compareHistories } from "../api/jobs";
import { useSettled } from "../parts/useSettled";
import { type Row, rowOf } from "./rows";
import type { Range } from "./view";

const POINTS = 1200;
const SETTLE_MS = 150;
const NOTHING: Readonly<Record<string, readonly Row[]>> = {};

/** By job id; empty while there is nothing closer than the overview, which also stays where this cannot be had. */
export function useDetail(jobs: readonly string[], zoom: Range | null): Readonly<Record<string, readonly Row[]>> {
  const key = zoom && `${jobs.join(",")}:${zoom.from}:${zoom.to}`;
  const { answer } = useSettled(
    zoom && [key],
    async (signal) => {
      const range = { from_epoch: Math.max(1, zoom?.from ?? 1), to_epoch: Math.max(1, zoom?.to ?? 1) };
      const { data } = await compareHistories([...jobs], { ...range, max_points: POINTS }, signal);
      return { key, rows: Object.fromEntries(data.map(({ job, epochs }) => [job, epochs.map(rowOf)])) };
    },
    SETTLE_MS,
  );
  return answer && answer.key === key ? answer.rows : NOTHING;
}
