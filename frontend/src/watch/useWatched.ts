/** Some jobs as they learn, and what of them the reader looks at. */
import { useMemo, useState } from "preact/hooks";
import { merged, type Row } from "./rows";
import type { Series } from "./series";
import { useDetail } from "./useDetail";
import { type ShownSeries, useSeries } from "./useSeries";
import { type View, viewOf } from "./view";

/** As every chart takes them. */
export interface Charted {
  allSeries: readonly Series[];
  rows: Readonly<Record<string, readonly Row[]>>;
  view: View;
  hovered: number | null;
  onHover(epoch: number | null): void;
}

export interface Watched extends ShownSeries {
  chart: Charted;
}

export function useWatched(ids: readonly string[], query: Record<string, string>): Watched {
  const shown = useSeries(ids);
  const view = useMemo(() => viewOf(query), [query]);
  const detail = useDetail(ids, view.zoom);
  const [hovered, onHover] = useState<number | null>(null);
  const { allSeries } = shown;
  const rows = useMemo(
    () =>
      Object.fromEntries(allSeries.map((series) => [series.job.id, merged(series.rows, detail[series.job.id] ?? [])])),
    [allSeries, detail],
  );
  const chart = useMemo(() => ({ allSeries, rows, view, hovered, onHover }), [allSeries, rows, view, hovered]);
  return { ...shown, chart };
}
