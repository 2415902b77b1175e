import type { Job } from "../api/types";
import { ago, short, span, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { StatusWord } from "../parts/StatusWord";
import { setQuery, to } from "../shell/router";
import "../texts/train";
import { type TextKey, t } from "../texts/texts";
import { nameOfRun, type Run, type Sorting } from "./runs";

interface Props {
  runs: readonly Run[];
  /** Options by dotted name, each a column. */
  options: readonly string[];
  chosen: ReadonlyMap<string, Job>;
  sorting: Sorting;
  choose: (jobs: readonly Job[], isChosen: boolean) => void;
}

/** A run a line. A head sorts by its column, and the other way when it is pressed again. */
export function RunsTable({ runs, options, chosen, sorting, choose }: Props) {
  const areAll = runs.every(({ job }) => chosen.has(job.id));
  return (
    <Scroll label={t("runs.title")}>
      <table class="trainings runs">
        <thead>
          <tr>
            <td>
              <input
                type="checkbox"
                checked={areAll}
                indeterminate={!areAll && runs.some(({ job }) => chosen.has(job.id))}
                aria-label={t("runs.choose.all")}
                onChange={(event) =>
                  choose(
                    runs.map(({ job }) => job),
                    event.currentTarget.checked,
                  )
                }
              />
            </td>
            <Head name="network" text="watch.job" sorting={sorting} />
            <Head name="created" text="overview.created" sorting={sorting} />
            <Head name="status" text="watch.status" sorting={sorting} />
            <Head name="epoch" text="overview.epochs" isNumber sorting={sorting} />
            <Head name="best" text="overview.best" isNumber sorting={sorting} />
            <Head name="seconds" text="runs.seconds" isNumber sorting={sorting} />
            <Head name="rows" text="evaluate.rows" isNumber sorting={sorting} />
            {options.map((name) => (
              <Head key={name} name={name} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row
              key={run.job.id}
              run={run}
              options={options}
              isChosen={chosen.has(run.job.id)}
              choose={(isChosen) => choose([run.job], isChosen)}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface HeadProps {
  name: string;
  text?: TextKey;
  isNumber?: boolean;
  sorting: Sorting;
}

function Head({ name, text, isNumber = false, sorting }: HeadProps) {
  const isOwn = sorting.by === name;
  const next = isOwn && sorting.direction === "down" ? "up" : "down";
  return (
    <th
      scope="col"
      class={isNumber ? "n" : ""}
      aria-sort={isOwn ? (sorting.direction === "up" ? "ascending" : "descending") : undefined}
    >
      <button type="button" class="sort" onClick={() => setQuery({ sort: name, order: next })}>
        <span class={text ? "" : "mono"}>{text ? t(text) : name}</span>
        <span aria-hidden="true">{isOwn ? (sorting.direction === "up" ? "↑" : "↓") : ""}</span>
      </button>
    </th>
  );
}

interface RowProps {
  run: Run;
  options: readonly string[];
  isChosen: boolean;
  choose: (isChosen: boolean) => void;
}

function Row({ run: { job, options: own }, options, isChosen, choose }: RowProps) {
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={t("runs.choose", { run: nameOfRun(job) })}
          onChange={(event) => choose(event.currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <RunName job={job} />
      </th>
      <td class="nowrap" title={job.created_at}>
        {ago(job.created_at)}
      </td>
      <td class="nowrap">
        <StatusWord status={job.status} />
        {job.stopped_early && <span class="small quiet"> {t("runs.early")}</span>}
      </td>
      <td class="n nowrap">
        {whole(job.epoch)} / {whole(job.epochs)}
      </td>
      <td class="n nowrap" title={`${job.monitored} ${job.best_value}`}>
        {job.best_epoch !== null && (
          <>
            <span class="quiet small">{job.monitored}</span>{" "}
            <b class={job.is_best ? "best" : "plain"}>{short(job.best_value)}</b>
            {job.is_best && <span class="tag tag-best">{t("runs.best")}</span>}
          </>
        )}
      </td>
      <td class="n nowrap">{job.seconds > 0 ? span(job.seconds) : "–"}</td>
      <td class="n">{whole(job.rows)}</td>
      {options.map((option) => (
        <td class="mono small nowrap">
          {typeof own.get(option) === "number" ? short(own.get(option) as number) : String(own.get(option) ?? "–")}
        </td>
      ))}
    </tr>
  );
}

/** What it is called, its tags, and below its network and what somebody has noted about it. */
function RunName({ job }: { job: Job }) {
  const below = [job.name && `${job.network} ${job.id.slice(-6)}`, job.note].filter(Boolean).join(" · ");
  return (
    <>
      <span class="nowrap">
        <a href={to("/jobs", job.id)}>{nameOfRun(job)}</a>
        {job.restart_of && <span class="tag">{t("runs.restart")}</span>}
        {Object.entries(job.tags ?? {}).map(([key, value]) => (
          <span class="tag">{`${key}:${value}`}</span>
        ))}
      </span>
      {below && (
        <span class="small quiet run-note" title={below}>
          {below}
        </span>
      )}
    </>
  );
}
