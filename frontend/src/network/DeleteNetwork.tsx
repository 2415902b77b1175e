import { useState } from "preact/hooks";
import { deleteNetwork } from "../api/networks";
import { Problem } from "../api/problem";
import { ProblemNote } from "../parts/ProblemNote";
import { go } from "../shell/router";
import { t } from "../texts/texts";

/** Asks once more, since nothing brings it back. */
export function DeleteNetwork({ network }: { network: string }) {
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function remove(): Promise<void> {
    try {
      await deleteNetwork(network);
      go("#/");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  if (!isAsked) {
    return (
      <button type="button" onClick={() => setAsked(true)}>
        {t("overview.delete")}
      </button>
    );
  }
  return (
    <>
      <button type="button" class="danger" onClick={() => void remove()}>
        {t("overview.delete.sure")}
      </button>
      <button type="button" class="button-plain" onClick={() => setAsked(false)}>
        {t("cancel")}
      </button>
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
