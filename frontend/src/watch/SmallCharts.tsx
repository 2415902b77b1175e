import { t } from "../texts/texts";
import { SmallChart } from "./SmallChart";
import type { Charted } from "./useWatched";

/** What else was measured in each epoch. */
export function SmallCharts(chart: Charted) {
  return (
    <div class="pair">
      <SmallChart {...chart} title={t("watch.learning_rate")} name="learning_rate" isLog={false} />
      <SmallChart {...chart} title={t("watch.gradient_norm")} name="gradient_norm" isLog />
    </div>
  );
}
