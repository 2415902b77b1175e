import { Controls } from "./Controls";
import { Downloads } from "./Downloads";
import { MainChart } from "./MainChart";
import { drawable } from "./series";
import type { Charted } from "./useWatched";

/** The chart of the loss or of a metric, with what says how it is drawn. */
export function LossChart({ height, ...chart }: Charted & { height?: number }) {
  const { allSeries, view } = chart;
  const last = Math.max(1, ...allSeries.map(({ progress }) => progress.epoch));
  return (
    <>
      <Controls view={view} values={drawable(allSeries)} last={last} />
      <MainChart {...chart} height={height} />
      <Downloads allSeries={allSeries} view={view} />
    </>
  );
}
