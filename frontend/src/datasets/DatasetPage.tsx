import { may } from "../api/caller";
import { deleteDataset, getDataset, previewDataset, referenceOf } from "../api/datasets";
import { DeleteButton } from "../parts/DeleteButton";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { go, type PageProps, to, withParams } from "../shell/router";
import "../texts/datasets";
import { t } from "../texts/texts";
import { Columns } from "./Columns";
import { DatasetDownloads } from "./DatasetDownloads";
import { Origin } from "./Origin";
import { PreviewTable } from "./PreviewTable";
import { ProposalForm } from "./ProposalForm";
import { Revisions } from "./Revisions";

const PREVIEWED = 10;

/** What was found in a table, and the way from it to a network that learns it. */
export function DatasetPage({ params, query }: PageProps) {
  const name = params.dataset ?? "";
  const { value, problem, again } = useLoaded(`dataset ${name}`, async () => {
    const [dataset, preview] = await Promise.all([getDataset(name), previewDataset(name, PREVIEWED)]);
    return { dataset, preview };
  });
  if (!value) return problem ? <ProblemNote problem={problem} retry={again} /> : <p class="quiet">{t("loading")}</p>;
  const { dataset, preview } = value;
  return (
    <div class="stack-wide">
      <section class="stack">
        <div class="row row-between">
          <h1>{dataset.name}</h1>
          {may("manage") && (
            <DeleteButton
              text={dataset.revisions > 1 ? t("revisions.delete.all", { count: dataset.revisions }) : t("delete")}
              sure={t("datasets.delete.sure")}
              remove={() => deleteDataset(dataset.name, dataset.revisions > 1).then(() => go("#/datasets"))}
            />
          )}
        </div>
        {dataset.revisions > 1 && (
          <p>
            {t("revisions.of", { revision: whole(dataset.revision), count: whole(dataset.revisions) })}{" "}
            {!dataset.is_newest && <a href={to("/datasets", dataset.name)}>{t("revisions.show.newest")}</a>}
          </p>
        )}
        {dataset.origin && <Origin origin={dataset.origin} />}
        <p class="quiet num">
          {t("datasets.shape", { rows: whole(dataset.rows), columns: whole(dataset.columns.length) })}
        </p>
        <div class="row">
          <DatasetDownloads dataset={dataset} />
          {may("train") && (
            <a class="small" href={withParams("#/score", { dataset: referenceOf(dataset) })}>
              {t("datasets.score")}
            </a>
          )}
        </div>
        {dataset.warnings.map((warning) => (
          <p class="note note-warn">{warning}</p>
        ))}
      </section>
      {may("train") && <ProposalForm dataset={dataset} target={query.target} />}
      <Columns
        dataset={dataset}
        onRead={(next) => (next.name === name ? again() : go(withParams(to("/datasets", next.name), query)))}
      />
      <Revisions
        dataset={dataset}
        onChange={() => (name === dataset.name ? again() : go(to("/datasets", dataset.name)))}
      />
      <section class="stack">
        <h2>{t("datasets.preview")}</h2>
        <PreviewTable columns={dataset.columns} rows={preview.data} />
      </section>
    </div>
  );
}
