import { useRef, useState } from "preact/hooks";
import { may } from "../api/caller";
import { isOver, MOST_COMPARED } from "../api/jobs";
import { getSearch, listTrials } from "../api/searches";
import { Plot } from "../evaluate/Plot";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { type PageProps, to } from "../shell/router";
import "../styles/evaluate.css";
import "../styles/searches.css";
import "../texts/searches";
import "../texts/watch";
import { t } from "../texts/texts";
import { Importances } from "./Importances";
import { MoreTrials } from "./MoreTrials";
import { Parallel } from "./Parallel";
import { PublishTrial } from "./PublishTrial";
import { Rungs } from "./Rungs";
import { SearchHead } from "./SearchHead";
import { Slices } from "./Slices";
import { TrialTable } from "./TrialTable";
import { bestSoFar, clamped, doneOf, ranked, worthOf } from "./trials";

const LOOK_AGAIN_MS = 2000;
const CURVES = 8;

/** A search while it goes on and after its end: how good it has become, by which parameters, and how to use the best. */
export function SearchPage({ params }: PageProps) {
  const name = params.search ?? "";
  const [chosen, choose] = useState<number | null>(null);
  const form = useRef<HTMLElement>(null);
  const { value, problem, again } = useLoaded(
    `search ${name}`,
    async (signal) => {
      const [search, trials] = await Promise.all([getSearch(name, signal), listTrials(name, signal)]);
      return { search, trials };
    },
    ({ search }) => (isOver(search.status) ? null : LOOK_AGAIN_MS),
  );
  if (!value) return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  const { search, trials } = value;
  const { metric, goal } = search.objective;
  const done = doneOf(trials);
  const best = ranked(done, goal);
  const { values, beyond } = clamped(done, goal);
  const shown = done.map((trial, at) => ({ ...trial, value: values[at]! }));
  const published = chosen ?? search.best?.trial ?? null;
  const curves = best.flatMap(({ job }) => job ?? []).slice(0, Math.min(CURVES, MOST_COMPARED));
  return (
    <div class="stack-wide">
      <section class="stack">
        <h1>{search.name}</h1>
        <SearchHead search={search} onChange={again} />
        {problem && <ProblemNote problem={problem} retry={again} />}
      </section>
      {published !== null && may("manage") && (
        <section class="stack" ref={form}>
          <h2>{t("searches.publish")}</h2>
          <PublishTrial key={published} search={search} trial={published} />
        </section>
      )}
      {done.length > 1 && (
        <section class="stack">
          <h2>{t("searches.curve")}</h2>
          <Plot
            isTight
            title={t("searches.curve.plot", { metric })}
            x={t("searches.trial")}
            y={metric}
            line={bestSoFar(shown, goal)}
            points={shown.map(({ trial, value }) => [trial, value])}
          />
          {beyond > 0 && <p class="quiet small">{t("searches.beyond", { count: whole(beyond) })}</p>}
          <p>
            <a href={to("/jobs", curves.join(","))}>{t("searches.compare", { count: curves.length })}</a>
          </p>
        </section>
      )}
      {done.length > 1 && (
        <section class="stack">
          <h2>{t("searches.parameters")}</h2>
          <p class="quiet small">{t("searches.parameters.help")}</p>
          <Parallel search={search} done={done} />
          <h3>{t("searches.slices")}</h3>
          <p class="quiet small">{t("searches.slices.help")}</p>
          <Slices search={search} done={done} />
        </section>
      )}
      {done.length > 1 && <Importances search={search} />}
      <Rungs search={search} trials={trials} />
      <section class="stack">
        <h2>{t("searches.trials")}</h2>
        {trials.length === 0 ? (
          <p class="quiet">{t("searches.trials.none")}</p>
        ) : (
          <TrialTable
            search={search}
            trials={[...best, ...trials.filter((trial) => worthOf(trial) === null)]}
            publish={(trial) => {
              choose(trial);
              form.current?.scrollIntoView();
              form.current?.querySelector("input")?.focus({ preventScroll: true });
            }}
          />
        )}
      </section>
      {may("train") && (
        <section class="stack">
          <h2>{t("more.title")}</h2>
          <MoreTrials search={search} onChange={again} />
        </section>
      )}
    </div>
  );
}
