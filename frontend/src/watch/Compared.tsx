import { useState } from "preact/hooks";
import { isOver, listJobs, MOST_COMPARED } from "../api/jobs";
import { keepsWeights } from "../api/options";
import { short, whole } from "../parts/format";
import { Progress } from "../parts/Progress";
import { Scroll } from "../parts/Scroll";
import { StatusWord } from "../parts/StatusWord";
import { useLoaded } from "../parts/useLoaded";
import { nameOfRun } from "../runs/runs";
import { mayOpen } from "../shell/pages";
import { go, route, to, withParams } from "../shell/router";
import "../texts/runs";
import { t } from "../texts/texts";
import { colourOf } from "./colours";
import { type Best, comparisonOf } from "./comparison";
import { Key } from "./Legend";
import type { Series } from "./series";
import { show, type View } from "./view";

/** Which jobs are on the chart, in what they differ, and how well each does; jobs are added and taken away here. */
export function Compared({ allSeries, view }: { allSeries: readonly Series[]; view: View }) {
  const options = [...new Set(allSeries.flatMap(({ differs }) => Object.keys(differs)))];
  const { name, bests, winners, areRowsOther } = comparisonOf(allSeries, (series) => series.rows, view.value);
  const ids = allSeries.map(({ job }) => job.id);
  const toggle = (id: string, isShown: boolean) => {
    const hidden = new Set(view.hidden);
    if (isShown) hidden.delete(id);
    else hidden.add(id);
    show({ hidden });
  };
  const watch = (jobs: string[]) => go(withParams(to("/jobs", jobs.join(",")), route.value.query));
  return (
    <section class="stack">
      {allSeries.length > 1 && (
        <>
          <h2>{t("watch.compare")}</h2>
          <Scroll label={t("watch.compare")}>
            <table class="wide">
              <thead>
                <tr>
                  <th scope="col">{t("watch.shown")}</th>
                  <th scope="col">{t("watch.job")}</th>
                  <th scope="col" class="n">
                    {t("watch.best.name", { name })}
                  </th>
                  <th scope="col">{t("watch.status")}</th>
                  {options.map((option) => (
                    <th scope="col" class="mono">
                      {option.replace(/^training\./, "")}
                    </th>
                  ))}
                  <td />
                </tr>
              </thead>
              <tbody>
                {allSeries.map(({ job, progress, differs }, index) => (
                  <tr key={job.id}>
                    <td>
                      <input
                        type="checkbox"
                        checked={!view.hidden.has(job.id)}
                        aria-label={t("watch.show_job", { job: job.id.slice(-6) })}
                        onChange={(event) => toggle(job.id, event.currentTarget.checked)}
                      />
                    </td>
                    <th scope="row" class="nowrap">
                      <Key colour={colourOf(index)} /> <a href={to("/jobs", job.id)}>{nameOfRun(job)}</a>
                    </th>
                    <td class="n nowrap">
                      <BestNumber best={bests[index] ?? null} isWinner={winners.has(index)} />
                    </td>
                    <td>
                      <StatusWord status={progress.status} />
                      {!isOver(progress.status) && (
                        <Progress
                          value={progress.progress}
                          label={t("watch.progress", { percent: Math.floor(progress.progress * 100) })}
                        />
                      )}
                    </td>
                    {options.map((option) => (
                      <td class="mono">{told(differs[option])}</td>
                    ))}
                    <td class="nowrap">
                      {keepsWeights(job) && mayOpen(to("/networks", job.network, "evaluate")) && (
                        <a
                          href={withParams(to("/networks", job.network, "evaluate"), { weights: job.id })}
                          aria-label={t("watch.evaluate", { job: nameOfRun(job) })}
                        >
                          {t("network.evaluate")}
                        </a>
                      )}{" "}
                      <button
                        type="button"
                        class="button-plain"
                        onClick={() => watch(ids.filter((id) => id !== job.id))}
                      >
                        {t("remove")}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {areRowsOther && <p class="note note-warn small">{t("watch.other_rows")}</p>}
        </>
      )}
      {allSeries.length < MOST_COMPARED && <AddJob allSeries={allSeries} onAdd={(id) => watch([...ids, id])} />}
    </section>
  );
}

function BestNumber({ best, isWinner }: { best: Best | null; isWinner: boolean }) {
  if (!best) return "–";
  return (
    <>
      {isWinner && <span class="tag tag-best">{t("runs.best")}</span>}{" "}
      <b class={isWinner ? "best" : "plain"} title={String(best.value)}>
        {short(best.value)}
      </b>{" "}
      <span class="quiet small">@ {whole(best.epoch)}</span>
    </>
  );
}

function told(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Other jobs, those of the same network first. */
function AddJob({ allSeries, onAdd }: { allSeries: readonly Series[]; onAdd(id: string): void }) {
  const [isWanted, setIsWanted] = useState(false);
  const network = allSeries[0]?.job.network;
  const { value } = useLoaded(isWanted ? "jobs" : null, () => listJobs({ limit: 100 }));
  const shown = new Set(allSeries.map(({ job }) => job.id));
  const others = (value?.data ?? [])
    .filter(({ id }) => !shown.has(id))
    .sort((a, b) => Number(b.network === network) - Number(a.network === network));
  return (
    <label class="row small add-job">
      <span>{t("watch.add")}</span>
      <select
        value=""
        onFocus={() => setIsWanted(true)}
        onPointerDown={() => setIsWanted(true)}
        onChange={(event) => event.currentTarget.value && onAdd(event.currentTarget.value)}
      >
        <option value="">
          {isWanted && value && others.length === 0 ? t("watch.add.none") : t("watch.add.choose")}
        </option>
        {others.map(({ id, network, epoch, status }) => (
          <option
            value={id}
          >{`${network} ${id.slice(-6)}: ${t("watch.epochs", { n: whole(epoch) })}, ${t(`status.${status}`)}`}</option>
        ))}
      </select>
    </label>
  );
}
