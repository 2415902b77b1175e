import { useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { t } from "../texts/texts";
import { ProblemNote } from "./ProblemNote";

interface Props {
  text: string;
  /** What the second button says: all that goes. */
  sure: string;
  remove: () => Promise<void>;
}

/** Asks once more, since nothing brings it back. */
export function DeleteButton({ text, sure, remove }: Props) {
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function go(): Promise<void> {
    try {
      await remove();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  if (!isAsked) {
    return (
      <button type="button" onClick={() => setAsked(true)}>
        {text}
      </button>
    );
  }
  return (
    <div class="row">
      <button type="button" class="danger" onClick={() => void go()}>
        {sure}
      </button>
      <button
        type="button"
        class="button-plain"
        onClick={() => {
          setAsked(false);
          setProblem(null);
        }}
      >
        {t("cancel")}
      </button>
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
