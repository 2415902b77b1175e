import { may } from "../api/caller";
import { listDatasets } from "../api/datasets";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import "../texts/datasets";
import { t } from "../texts/texts";
import { DatasetTable } from "./DatasetTable";
import { UploadBox } from "./UploadBox";

/** Tables that were uploaded, and a place for another one. */
export function DatasetsPage() {
  const { value, problem, again } = useLoaded("datasets", () => listDatasets());
  return (
    <div class="stack-wide">
      <section class="stack">
        <h1>{t("datasets.title")}</h1>
        <p class="quiet">{t("datasets.lead")}</p>
        {may("train") && <UploadBox />}
      </section>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {value && value.data.length === 0 && <p class="quiet">{t("datasets.none")}</p>}
      {value && value.data.length > 0 && (
        <DatasetTable
          label={t("datasets.list")}
          head={t("datasets.name")}
          datasets={value.data}
          nameOf={({ name, revisions }) => (
            <>
              <a href={to("/datasets", name)}>{name}</a>{" "}
              {revisions > 1 && <span class="tag">{t("revisions.count", { count: whole(revisions) })}</span>}
            </>
          )}
        />
      )}
    </div>
  );
}
