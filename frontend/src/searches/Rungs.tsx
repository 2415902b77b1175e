import type { Search } from "../api/searches";
import type { Trial } from "../api/types";
import { Plot, type Point } from "../evaluate/Plot";
import { t } from "../texts/texts";
import { rungLines } from "./trials";

/** Of two rungs nearer than this, the later one is written. */
const CLOSE = 1.25;

/** What each trial was worth at the epochs where the search compares them: who goes on, and who stays behind. */
export function Rungs({ search, trials }: { search: Search; trials: readonly Trial[] }) {
  const lines = rungLines(search, trials);
  const best = lines.find(({ trial }) => trial === search.best?.trial);
  const epochs = [...new Set(lines.flatMap(({ points }) => points.map(([epoch]) => epoch)))].toSorted((a, b) => a - b);
  const at = ([epoch, value]: Point): Point => [Math.log10(epoch), value];
  if (epochs.length < 2) return null;
  return (
    <section class="stack">
      <h2>{t("searches.rungs")}</h2>
      <p class="quiet small">{t("searches.rungs.help")}</p>
      <Plot
        isTight
        title={t("searches.rungs.plot", { metric: search.objective.metric })}
        x={t("searches.epochs")}
        y={search.objective.metric}
        faint={lines.map(({ points }) => points.map(at))}
        line={best?.points.map(at)}
        points={lines.flatMap(({ points }) => points.map(at))}
        xTicks={epochs
          .filter((epoch, place) => !(epochs[place + 1]! < CLOSE * epoch))
          .map((epoch) => ({ at: Math.log10(epoch), text: String(epoch) }))}
      />
    </section>
  );
}
