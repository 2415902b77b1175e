import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { type Dataset, deleteDataset, listRevisions, referenceOf } from "../api/datasets";
import { DeleteButton } from "../parts/DeleteButton";
import { ago, bytes, whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import { t } from "../texts/texts";
import { FileButton, FileProblem } from "./FileButton";
import { readRevision } from "./files";
import { useUpload } from "./useUpload";

interface Props {
  dataset: Dataset;
  /** After one was added or deleted. */
  onChange: () => void;
}

/** Every table that this name has meant, and a way to add the next one. */
export function Revisions({ dataset, onChange }: Props) {
  const { value, problem, again } = useLoaded(`revisions ${dataset.id} ${dataset.revisions}`, (signal) =>
    listRevisions(dataset.name, signal),
  );
  return (
    <section class="stack">
      <h2>{t("revisions.title")}</h2>
      {may("train") && <NextRevision dataset={dataset} onChange={onChange} />}
      {problem && <ProblemNote problem={problem} retry={again} />}
      {value && (
        <Scroll label={t("revisions.title")}>
          <table class="trainings">
            <thead>
              <tr>
                <th scope="col">{t("revisions.revision")}</th>
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
                <td />
              </tr>
            </thead>
            <tbody>
              {value.data.map((each) => (
                <tr key={each.id}>
                  <th scope="row">
                    <a
                      href={to("/datasets", referenceOf(each))}
                      aria-current={each.id === dataset.id ? "page" : undefined}
                    >
                      {whole(each.revision)}
                    </a>{" "}
                    {each.is_newest && <span class="tag tag-best">{t("revisions.newest")}</span>}
                  </th>
                  <td class="n">{whole(each.rows)}</td>
                  <td class="n">{whole(each.columns.length)}</td>
                  <td class="n">{bytes(each.size_bytes)}</td>
                  <td>
                    {ago(each.created_at)} {each.created_by && <span class="quiet">({each.created_by})</span>}
                  </td>
                  <td>
                    {may("manage") && value.data.length > 1 && (
                      <DeleteButton
                        text={t("revisions.delete", { revision: each.revision })}
                        sure={t("datasets.delete.sure")}
                        remove={() => deleteDataset(`${each.name}@${each.revision}`).then(onChange)}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function NextRevision({ dataset, onChange }: Props) {
  const [isSame, setSame] = useState(false);
  const uploading = useUpload(async (file) => {
    const { isNew } = await readRevision(file, dataset.name);
    setSame(!isNew);
    if (isNew) onChange();
  });
  return (
    <div class="stack-tight">
      <p class="quiet small">{t("revisions.help", { name: dataset.name })}</p>
      <p>
        <FileButton uploading={uploading} text={t("revisions.upload")} />
      </p>
      {isSame && (
        <p class="note" role="status">
          {t("revisions.same")}
        </p>
      )}
      <FileProblem uploading={uploading} />
    </div>
  );
}
