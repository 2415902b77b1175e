import { listDatasets } from "../api/datasets";
import { listNetworks } from "../api/networks";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import type { PageProps } from "../shell/router";
import "../texts/fields";
import "../texts/score";
import { t } from "../texts/texts";
import { ScoreForm } from "./ScoreForm";

/** Predict every row of a data set, which writes another one. The address says with which network, and which rows. */
export function ScorePage({ query }: PageProps) {
  const { value, problem, again } = useLoaded("score", async () => {
    const [networks, datasets] = await Promise.all([listNetworks(), listDatasets()]);
    return { networks: networks.data, datasets: datasets.data };
  });
  return (
    <div class="stack">
      <h1>{t("score.title")}</h1>
      <p class="quiet">{t("score.lead")}</p>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && (value.networks.length === 0 || value.datasets.length === 0) && <p class="note">{t("score.none")}</p>}
      {value && value.networks.length > 0 && value.datasets.length > 0 && (
        <section class="stack">
          <h2>{t("score.what")}</h2>
          <ScoreForm {...value} query={query} />
        </section>
      )}
    </div>
  );
}
