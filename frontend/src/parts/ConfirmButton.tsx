import { useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { t } from "../texts/texts";
import { ProblemNote } from "./ProblemNote";

interface Props {
  text: string;
  /** What the second button says: what will happen. */
  sure: string;
  act: () => Promise<unknown>;
  /** Whether nothing brings back what goes. */
  isDanger?: boolean;
}

/** Asks once more before it acts. */
export function ConfirmButton({ text, sure, act, isDanger = false }: Props) {
  const [isAsked, setAsked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function go(): Promise<void> {
    setBusy(true);
    try {
      await act();
      setAsked(false);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
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
      <button type="button" class={isDanger ? "danger" : "button-main"} disabled={isBusy} onClick={() => void go()}>
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
