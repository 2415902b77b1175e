import { isOver } from "../api/jobs";
import { listSearches } from "../api/searches";
import { ago, short, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { StatusWord } from "../parts/StatusWord";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import "../texts/searches";
import "../texts/train";
import { t } from "../texts/texts";
import { endedOf } from "./trials";

const LOOK_AGAIN_MS = 4000;

/** Every search, and how one is begun. */
export function SearchesPage() {
  const { value, problem, again } = useLoaded("searches", listSearches, ({ data }) =>
    data.some(({ status }) => !isOver(status)) ? LOOK_AGAIN_MS : null,
  );
  return (
    <section class="stack">
      <h1>{t("searches.title")}</h1>
      <p class="quiet">
        {t("searches.lead")} <a href="#/datasets">{t("nav.data")}</a>
      </p>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && value.data.length === 0 && <p class="quiet">{t("searches.none")}</p>}
      {value && value.data.length > 0 && (
        <Scroll label={t("searches.title")}>
          <table class="trainings">
            <thead>
              <tr>
                <th scope="col">{t("searches.name")}</th>
                <th scope="col">{t("watch.status")}</th>
                <th scope="col" class="n">
                  {t("searches.trials")}
                </th>
                <th scope="col" class="n">
                  {t("searches.best")}
                </th>
                <th scope="col">{t("overview.created")}</th>
              </tr>
            </thead>
            <tbody>
              {value.data.map((search) => (
                <tr key={search.id}>
                  <th scope="row">
                    <a href={to("/searches", search.name)}>{search.name}</a>
                  </th>
                  <td>
                    <StatusWord status={search.status} running="searches.running" />
                  </td>
                  <td class="n">
                    {whole(endedOf(search))} / {whole(search.trials)}
                  </td>
                  <td class="n">
                    {search.best && (
                      <>
                        <span class="quiet small">{search.objective.metric}</span> {short(search.best.value)}
                      </>
                    )}
                  </td>
                  <td>{ago(search.created_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
