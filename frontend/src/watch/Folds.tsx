import { getDataset } from "../api/datasets";
import type { Job } from "../api/types";
import { DatasetDownloads } from "../datasets/DatasetDownloads";
import { short, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import { t } from "../texts/texts";

/** What a cross-validation came to: each number by fold, its mean and deviation, and over all held-out rows together. */
export function Folds({ job }: { job: Job }) {
  if (!job.folds) return null;
  const { count, repeats = 1, diverged, rows, epochs, numbers, pooled } = job.folds;
  const folds = Array.from({ length: count }, (_, index) => index);
  return (
    <section class="stack">
      <h2>{t("watch.folds")}</h2>
      {diverged.length > 0 && <p class="note note-warn">{t("watch.folds.diverged", { folds: diverged.join(", ") })}</p>}
      <Scroll label={t("watch.folds")}>
        <table class="wide">
          <thead>
            <tr>
              <th scope="col">{t("watch.folds.number")}</th>
              <th scope="col" class="n">
                {t("watch.folds.mean")}
              </th>
              <th scope="col" class="n">
                {t("watch.folds.pooled")}
              </th>
              {folds.map((index) => (
                <th scope="col" class="n">
                  {t("watch.folds.fold", { n: index + 1 })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Object.entries(numbers).map(([name, { mean, std, folds: own }]) => (
              <tr key={name}>
                <th scope="row" class="mono">
                  {name}
                </th>
                <td class="n nowrap" title={`${mean} ± ${std}`}>
                  <b>{short(mean)}</b> ± {short(std, 2)}
                </td>
                <td class="n" title={String(pooled[name])}>
                  {short(pooled[name])}
                </td>
                {folds.map((index) => (
                  <td class="n" title={String(own[index])}>
                    {short(own[index])}
                  </td>
                ))}
              </tr>
            ))}
            <Counts name={t("watch.folds.rows")} counts={rows} all={pooled.rows ?? null} />
            <Counts name={t("watch.folds.epochs")} counts={epochs} all={null} />
          </tbody>
        </table>
      </Scroll>
      {repeats > 1 && <p class="small quiet">{t("watch.folds.repeats", { count: repeats, folds: count / repeats })}</p>}
      <p class="small quiet">{t("watch.folds.says")}</p>
      {job.output && job.status === "succeeded" && <Predictions dataset={job.output} />}
    </section>
  );
}

/** They may have been deleted since. */
function Predictions({ dataset }: { dataset: string }) {
  const { value, problem } = useLoaded(`output ${dataset}`, () => getDataset(dataset));
  if (!value) return problem && <ProblemNote problem={problem} />;
  return (
    <div class="stack-tight">
      <p class="small">
        {t("watch.folds.predictions")} <a href={to("/datasets", value.name)}>{value.name}</a>
      </p>
      <DatasetDownloads dataset={value} />
    </div>
  );
}

function Counts({ name, counts, all }: { name: string; counts: readonly number[]; all: number | null }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td />
      <td class="n">{all !== null && whole(all)}</td>
      {counts.map((count) => (
        <td class="n">{whole(count)}</td>
      ))}
    </tr>
  );
}
