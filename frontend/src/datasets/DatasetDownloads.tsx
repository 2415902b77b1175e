import type { Dataset } from "../api/datasets";
import { path, withQuery } from "../api/request";
import { t } from "../texts/texts";

/** All rows as a file, in the form that one likes. */
export function DatasetDownloads({ dataset: { id, name } }: { dataset: Dataset }) {
  const rows = path`/datasets/${id}/rows`;
  return (
    <p class="row small">
      <span class="quiet">{t("download")}</span>
      <a href={withQuery(path`/datasets/${id}/table.parquet`)} download={`${name}.parquet`}>
        Parquet
      </a>
      <a href={withQuery(rows, { format: "csv" })} download={`${name}.csv`}>
        CSV
      </a>
      <a href={withQuery(rows, { format: "ndjson" })} download={`${name}.ndjson`}>
        NDJSON
      </a>
    </p>
  );
}
