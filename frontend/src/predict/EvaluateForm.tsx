import { useEffect, useRef, useState } from "preact/hooks";
import { evaluate } from "../api/answers";
import { Problem } from "../api/problem";
import { speaksNames } from "../api/table";
import type { Evaluation, Network } from "../api/types";
import { nameOf } from "../forms/named";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { RowsPicker } from "../rows/RowsPicker";
import { heldOutRows } from "../rows/rows";
import { bodyOf, placeIn, type Source } from "../rows/source";
import { t } from "../texts/texts";
import { EvaluationView } from "./EvaluationView";

/** Loss, metrics and confusions on rows whose answers are known. */
export function EvaluateForm({ network, snapshot }: { network: Network; snapshot: string }) {
  const [source, setSource] = useState<Source>({ kind: "none" });
  const [found, setFound] = useState<Evaluation | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const asked = useRef<AbortController | null>(null);
  useEffect(() => {
    setFound(null);
    setProblem(null);
    setBusy(false);
    return () => asked.current?.abort();
  }, [snapshot, source]);
  const heldOut = useLoaded(`held out ${network.id} ${snapshot}`, () => heldOutRows(network, snapshot));

  async function evaluateRows(): Promise<void> {
    const stopped = new AbortController();
    asked.current = stopped;
    setBusy(true);
    setProblem(null);
    try {
      setFound(
        await evaluate(
          { network: network.name, snapshot, ...bodyOf(source), metrics: metricsOf(network) },
          stopped.signal,
        ),
      );
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }

  return (
    <section class="stack">
      <h2>{t("evaluate.title")}</h2>
      <p class="quiet small">{t("evaluate.help")}</p>
      {(heldOut.value || heldOut.problem) && (
        <RowsPicker
          {...{ network, source }}
          heldOut={heldOut.value?.rows ?? null}
          takesDatasets={speaksNames(network)}
          onSource={setSource}
        />
      )}
      <p>
        <button
          type="button"
          class="button-main"
          disabled={isBusy || source.kind === "none"}
          onClick={() => void evaluateRows()}
        >
          {isBusy ? t("evaluate.busy") : t("evaluate.do")}
        </button>
      </p>
      {problem && <ProblemNote problem={problem} placeOf={(steps) => placeIn(source, steps)} />}
      {found && <EvaluationView found={found} />}
    </section>
  );
}

/** Those that tell something of this network's answers. */
function metricsOf(network: Network): string[] {
  const loss = nameOf(network.loss) ?? "";
  if (network.labels || loss === "cross_entropy") return ["accuracy", "f1"];
  return loss === "binary_cross_entropy" || loss === "hinge" ? ["accuracy"] : ["mae", "rmse", "r2"];
}
