import { importancesOf, type Search } from "../api/searches";
import { percent } from "../parts/format";
import { useLoaded } from "../parts/useLoaded";
import { SignedBars } from "../predict/SignedBars";
import "../texts/predict";
import { t } from "../texts/texts";
import { parameterName } from "./space";
import { endedOf } from "./trials";

/** So many trials on, the shares are asked for again. */
const STEP = 5;

/** How much each parameter decided how good a trial was. */
export function Importances({ search }: { search: Search }) {
  const step = Math.ceil(endedOf(search) / STEP);
  const { value, problem } = useLoaded(`importances ${search.id} ${step}`, (signal) =>
    importancesOf(search.name, signal),
  );
  return (
    <section class="stack importance">
      <h2>{t("searches.importances")}</h2>
      {problem && (
        <p class="quiet small" lang="en">
          {problem.detail}
        </p>
      )}
      {value && value.best_share === null && (
        <p class="quiet small">{t("searches.importances.few", { count: value.trials })}</p>
      )}
      {value && value.best_share !== null && (
        <>
          <p class="quiet small">
            {t("searches.importances.help", { count: value.trials, share: percent(value.best_share, 0) })}
          </p>
          <SignedBars
            bars={value.parameters.flatMap(({ parameter, importance }) =>
              importance === null ? [] : [{ name: parameterName(parameter), value: importance }],
            )}
          />
        </>
      )}
    </section>
  );
}
