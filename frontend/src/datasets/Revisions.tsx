import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { type Dataset, deleteDataset, listRevisions, referenceOf } from "../api/datasets";
import { DeleteButton } from "../parts/DeleteButton";
import { whole } from "../parts/format";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { to } from "../shell/router";
import { t } from "../texts/texts";
import { DatasetTable } from "./DatasetTable";
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
        <DatasetTable
          label={t("revisions.title")}
          head={t("revisions.revision")}
          datasets={value.data}
          nameOf={(each) => (
            <>
              <a href={to("/datasets", referenceOf(each))} aria-current={each.id === dataset.id ? "page" : undefined}>
                {whole(each.revision)}
              </a>{" "}
              {each.is_newest && <span class="tag tag-best">{t("revisions.newest")}</span>}
            </>
          )}
          waysOf={({ name, revision }) =>
            may("manage") &&
            value.data.length > 1 && (
              <DeleteButton
                text={t("revisions.delete", { revision })}
                sure={t("datasets.delete.sure")}
                remove={() => deleteDataset(`${name}@${revision}`).then(onChange)}
              />
            )
          }
        />
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
