import { useMemo, useState } from "preact/hooks";
import type { Job } from "../api/types";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { type PageProps, setQuery } from "../shell/router";
import "../styles/runs.css";
import "../texts/runs";
import { t } from "../texts/texts";
import { ChosenRuns } from "./ChosenRuns";
import { RunsControls } from "./RunsControls";
import { RunsTable } from "./RunsTable";
import { differing, runsOf, type Sorting, STATUSES } from "./runs";
import { PAGE, useRuns } from "./useRuns";

const MOST_OPTIONS = 6;

/** Every training of every network, to be found, sorted and compared. What is asked for stands in the address. */
export function RunsPage({ query }: PageProps) {
  const [pages, setPages] = useState(1);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Job>>(new Map());
  const search = query.search ?? "";
  const status = STATUSES.find((each) => each === query.status);
  const sorting: Sorting = { by: query.sort ?? "created", direction: query.order === "up" ? "up" : "down" };
  const hasRestarts = query.restarts === "all";
  const { runs, problem, isAsking, again } = useRuns({
    ...{ search, status, sorting, hasRestarts, pages },
    isOpen: query.waiting === "all",
  });
  const shown = useMemo(() => runsOf(runs?.jobs ?? []), [runs]);
  const options = useMemo(() => differing(shown, MOST_OPTIONS), [shown]);
  const choose = (jobs: readonly Job[], isChosen: boolean) => {
    const next = new Map(chosen);
    for (const job of jobs) {
      if (isChosen) next.set(job.id, job);
      else next.delete(job.id);
    }
    setChosen(next);
  };
  const left = runs ? runs.summary.total - runs.folded - runs.listed : 0;
  return (
    <section class="stack">
      <div class="row row-between">
        <h1>{t("runs.title")}</h1>
        <a href="#/searches">{t("searches.title")}</a>
      </div>
      <RunsControls {...{ search, status, hasRestarts, isAsking }} summary={runs?.summary ?? null} />
      {problem && <ProblemNote problem={problem} retry={again} />}
      <ChosenRuns
        jobs={[...chosen.values()].map((job) => runs?.jobs.find(({ id }) => id === job.id) ?? job)}
        onClear={() => setChosen(new Map())}
        onDone={again}
      />
      {!runs && !problem && <p class="quiet">{t("loading")}</p>}
      {runs && runs.folded > 0 && (
        <p class="row waiting-line">
          <span class="status status-queued">{t("runs.waiting", { count: whole(runs.folded) })}</span>
          <button type="button" class="button-plain" onClick={() => setQuery({ waiting: "all" })}>
            {t("runs.waiting.show")}
          </button>
        </p>
      )}
      {shown.length > 0 && <RunsTable runs={shown} {...{ options, sorting, choose }} chosen={chosen} />}
      {runs && runs.summary.total === 0 && <p class="quiet">{t(search || status ? "runs.none.found" : "runs.none")}</p>}
      {runs?.hasMore && (
        <p>
          <button type="button" disabled={isAsking} onClick={() => setPages(pages + 1)}>
            {t("runs.more", { count: whole(Math.min(PAGE, left)) })}
          </button>
        </p>
      )}
    </section>
  );
}
