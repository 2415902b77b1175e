import { useState } from "preact/hooks";
import { deleteDataset } from "../api/datasets";
import { Problem } from "../api/problem";
import { ProblemNote } from "../parts/ProblemNote";
import { go } from "../shell/router";
import { t } from "../texts/texts";

/** Asks once more, since nothing brings it back. */
export function DeleteDataset({ dataset }: { dataset: string }) {
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function remove(): Promise<void> {
    try {
      await deleteDataset(dataset);
      go("#/datasets");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  return (
    <div class="row">
      {problem && <ProblemNote problem={problem} />}
      <button type="button" class={isAsked ? "danger" : undefined} onClick={() => (isAsked ? void remove() : setAsked(true))}>
        {isAsked ? t("datasets.delete.sure") : t("delete")}
      </button>
    </div>
  );
}
