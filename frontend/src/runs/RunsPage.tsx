import { useMemo, useState } from "preact/hooks";
import type { JobStatus } from "../api/types";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { type PageProps, setQuery } from "../shell/router";
import "../styles/runs.css";
import "../texts/runs";
import { t } from "../texts/texts";
import { ChosenRuns } from "./ChosenRuns";
import { RunsTable } from "./RunsTable";
import { bestOf, differing, found, runsOf, type Sorting, sorted } from "./runs";
import { useAllRuns } from "./useAllRuns";

const STATUSES: JobStatus[] = ["queued", "running", "paused", "succeeded", "failed", "cancelled"];
const PAGE = 100;
const MOST_OPTIONS = 6;

/** Every training of every network, to be found, sorted and compared. What is asked for stands in the address. */
export function RunsPage({ query }: PageProps) {
  const { jobs, networks, isComplete, problem, again } = useAllRuns();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [count, setCount] = useState(PAGE);
  const search = query.search ?? "";
  const status = STATUSES.find((each) => each === query.status);
  const sorting: Sorting = { by: query.sort ?? "created", direction: query.order === "up" ? "up" : "down" };
  const runs = useMemo(() => runsOf(jobs, networks), [jobs, networks]);
  const matching = useMemo(() => found(runs, search, status ? [status] : []), [runs, search, status]);
  const ordered = useMemo(() => sorted(matching, sorting), [matching, sorting.by, sorting.direction]);
  const options = useMemo(() => differing(matching, MOST_OPTIONS), [matching]);
  const best = useMemo(() => bestOf(matching), [matching]);
  const toggle = (job: string) => {
    const next = new Set(chosen);
    if (!next.delete(job)) next.add(job);
    setChosen(next);
  };
  return (
    <section class="stack">
      <h1>{t("runs.title")}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      <div class="controls runs-controls">
        <label>
          <span>{t("runs.search")}</span>
          <input
            type="search"
            value={search}
            placeholder={t("runs.search.hint")}
            onInput={(event) => setQuery({ search: event.currentTarget.value || null })}
          />
        </label>
        <label>
          <span>{t("watch.status")}</span>
          <select value={status ?? ""} onChange={(event) => setQuery({ status: event.currentTarget.value || null })}>
            <option value="">{t("runs.every")}</option>
            {STATUSES.map((each) => (
              <option value={each}>{t(`status.${each}`)}</option>
            ))}
          </select>
        </label>
        <span class="small quiet num" role="status">
          {t(isComplete ? "runs.count" : "runs.count.loading", {
            count: whole(matching.length),
            all: whole(jobs.length),
          })}
        </span>
      </div>
      <ChosenRuns
        runs={runs.filter(({ job }) => chosen.has(job.id))}
        onClear={() => setChosen(new Set())}
        onDone={again}
      />
      {ordered.length > 0 && (
        <RunsTable runs={ordered.slice(0, count)} {...{ options, best, chosen, sorting, toggle }} networks={networks} />
      )}
      {ordered.length === 0 && isComplete && (
        <p class="quiet">{t(jobs.length === 0 ? "runs.none" : "runs.none.found")}</p>
      )}
      {ordered.length > count && (
        <p>
          <button type="button" onClick={() => setCount(count + PAGE)}>
            {t("runs.more", { count: whole(Math.min(PAGE, ordered.length - count)) })}
          </button>
        </p>
      )}
    </section>
  );
}
