import { useState } from "preact/hooks";
import { may } from "../api/caller";
import type { ColumnTypes, Dataset } from "../api/datasets";
import { Problem } from "../api/problem";
import { ProblemNote } from "../parts/ProblemNote";
import { t } from "../texts/texts";
import { ColumnTable } from "./ColumnTable";
import { heldFor, readAgain } from "./files";

/** What is in each column; where the file is at hand, what each is taken for can be changed. */
export function Columns({ dataset, onRead }: { dataset: Dataset; onRead: (dataset: Dataset) => void }) {
  const [chosen, setChosen] = useState<ColumnTypes>({});
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const held = may("train") && may("manage") ? heldFor(dataset) : undefined;
  const changed = dataset.columns.filter(({ name, type }) => (chosen[name] ?? type) !== type).map(({ name }) => name);

  async function readIt(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      onRead(await readAgain(dataset, Object.fromEntries(changed.map((name) => [name, chosen[name]!]))));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <section class="stack">
      <h2>{t("datasets.columns.title")}</h2>
      {held?.beside && <p class="note small">{t("datasets.types.beside", { name: held.beside })}</p>}
      {held && (
        <div class="row">
          <span class="quiet small">{t("datasets.types.help", { file: held.file.name })}</span>
          <button type="button" disabled={isBusy || changed.length === 0} onClick={() => void readIt()}>
            {t(isBusy ? "datasets.uploading" : "datasets.types.read")}
          </button>
        </div>
      )}
      {problem && <ProblemNote problem={problem} />}
      <ColumnTable
        dataset={dataset}
        chosen={chosen}
        onType={held && ((column, type) => setChosen({ ...chosen, [column]: type }))}
      />
    </section>
  );
}
