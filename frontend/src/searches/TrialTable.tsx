import { may } from "../api/caller";
import type { Search } from "../api/searches";
import type { Trial } from "../api/types";
import { short, span, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { to } from "../shell/router";
import { t } from "../texts/texts";
import { parameterName, written } from "./space";
import { worthOf } from "./trials";

interface Props {
  search: Search;
  /** As they are to stand. */
  trials: readonly Trial[];
  publish: (trial: number) => void;
}

/** Each trial with its parameters and what it is worth. */
export function TrialTable({ search, trials, publish }: Props) {
  const pointers = Object.keys(search.parameters);
  return (
    <Scroll label={t("searches.trials")}>
      <table class="trainings">
        <thead>
          <tr>
            <th scope="col">{t("searches.trial")}</th>
            <th scope="col">{t("watch.status")}</th>
            <th scope="col" class="n">
              {search.objective.metric}
            </th>
            {pointers.map((pointer) => (
              <th scope="col" class="n mono">
                {parameterName(pointer)}
              </th>
            ))}
            <th scope="col" class="n">
              {t("searches.epochs")}
            </th>
            <th scope="col" class="n">
              {t("searches.seconds")}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {trials.map((trial) => (
            <tr key={trial.trial}>
              <th scope="row" class="nowrap">
                {trial.job ? <a href={to("/jobs", trial.job)}>{trial.trial}</a> : trial.trial}{" "}
                {trial.trial === search.best?.trial && <span class="tag tag-best">{t("searches.best")}</span>}
              </th>
              <td class="nowrap">
                <span class={`status status-${trial.status}`}>{t(`trial.${trial.status}`)}</span>
                {trial.message && (
                  <span class="small quiet" lang="en">
                    {" "}
                    {trial.message}
                  </span>
                )}
              </td>
              <td class="n nowrap">
                {worthOf(trial) !== null && <Num value={worthOf(trial)} />}
                {trial.spread !== null && (
                  <span class="quiet" title={String(trial.spread)}>
                    {" "}
                    ± {short(trial.spread, 2)}
                  </span>
                )}
              </td>
              {pointers.map((pointer) => (
                <td class="n mono small">{written(trial.parameters[pointer])}</td>
              ))}
              <td class="n">{whole(trial.epoch)}</td>
              <td class="n nowrap">{trial.seconds > 0 ? span(trial.seconds) : "–"}</td>
              <td>
                {may("manage") && trial.status === "succeeded" && (
                  <button
                    type="button"
                    class="button-plain small"
                    aria-label={t("searches.publish.trial", { trial: trial.trial })}
                    onClick={() => publish(trial.trial)}
                  >
                    {t("searches.publish.this")}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
