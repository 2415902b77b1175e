import { may } from "../api/caller";
import { listDatasets } from "../api/datasets";
import { ago, bytes, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import "../texts/datasets";
import { t } from "../texts/texts";
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
        <Scroll label={t("datasets.list")}>
          <table class="trainings">
            <thead>
              <tr>
                <th scope="col">{t("datasets.name")}</th>
                <th scope="col" class="n">
                  {t("evaluate.rows")}
                </th>
                <th scope="col" class="n">
                  {t("datasets.columns")}
                </th>
                <th scope="col" class="n">
                  {t("datasets.size")}
                </th>
                <th scope="col">{t("datasets.uploaded")}</th>
              </tr>
            </thead>
            <tbody>
              {value.data.map((dataset) => (
                <tr key={dataset.id}>
                  <th scope="row">
                    <a href={to("/datasets", dataset.name)}>{dataset.name}</a>{" "}
                    {dataset.revisions > 1 && (
                      <span class="tag">{t("revisions.count", { count: whole(dataset.revisions) })}</span>
                    )}
                  </th>
                  <td class="n">{whole(dataset.rows)}</td>
                  <td class="n">{whole(dataset.columns.length)}</td>
                  <td class="n">{bytes(dataset.size_bytes)}</td>
                  <td>{ago(dataset.created_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}
