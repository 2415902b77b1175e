/** A closer look at the stretch that is zoomed into: the service thins out that stretch alone. */
import { useEffect, useState } from "preact/hooks";
import { compareHistories } from "../api/jobs";
import { Problem } from "../api/problem";
import type { Range } from "./view";
import { rowOf, type Row } from "./rows";

const POINTS = 1200;
const SETTLE_MS = 150;

/** By job id; empty while there is nothing closer than the overview. */
export function useDetail(jobs: readonly string[], zoom: Range | null): Readonly<Record<string, readonly Row[]>> {
  const key = zoom ? `${jobs.join(",")}:${zoom.from}:${zoom.to}` : "";
  const [shown, setShown] = useState<{ key: string; rows: Record<string, readonly Row[]> }>({ key: "", rows: {} });
  useEffect(() => {
    if (!zoom) return;
    const stopped = new AbortController();
    const timer = setTimeout(() => {
      compareHistories([...jobs], { from_epoch: Math.max(1, zoom.from), to_epoch: Math.max(1, zoom.to), max_points: POINTS }, stopped.signal).then(
        (page) => setShown({ key, rows: Object.fromEntries(page.data.map(({ job, epochs }) => [job, epochs.map(rowOf)])) }),
        (error: unknown) => {
          // The overview stays, and the page says itself that the service is away.
          if (!stopped.signal.aborted && !(error instanceof Problem)) throw error;
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [key]);
  return shown.key === key ? shown.rows : {};
}
