import { useState } from "preact/hooks";
import { evaluate } from "../api/answers";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { heldOut, partsOf } from "../rows/parts";
import { RowsPicker } from "../rows/RowsPicker";
import { bodyOf, placeIn, type Source } from "../rows/source";
import { t } from "../texts/texts";
import { EvaluationView } from "./EvaluationView";
import { bodyOfWeights, metricsOf } from "./weights";

/** Which rows, and what the weights make of them. Parts of the training are evaluated as soon as they are chosen. */
export function EvaluateForm({ network, weights }: { network: Network; weights: string }) {
  const [source, setSource] = useState<Source>({ kind: "none" });
  const [asked, setAsked] = useState<Source | null>(null);
  const { value: found } = useLoaded(`parts ${network.id} ${weights}`, () => partsOf(network, weights));
  const isAsked = asked === source || (asked?.kind === "dataset" && areSame(asked, source));
  const rows = source.kind === "part" || isAsked ? source : null;
  const body = rows && { ...bodyOfWeights(network, weights), ...bodyOf(rows), metrics: metricsOf(network) };
  const { value, problem, again } = useLoaded(body && JSON.stringify(body), (signal) => evaluate(body ?? {}, signal));
  const isBusy = body !== null && !value && !problem;
  if (!found) return <p class="quiet">{t("loading")}</p>;
  return (
    <section class="stack">
      <h2>{t("evaluate.on")}</h2>
      {found.problem && <ProblemNote problem={found.problem} next={t("evaluate.gone")} />}
      {found.parts.length > 0 && !heldOut(found.parts) && <p class="note">{t("evaluate.undivided")}</p>}
      <RowsPicker
        {...{ network, source }}
        parts={found.parts}
        takesDatasets={speaksNames(network)}
        onSource={setSource}
      />
      {source.kind !== "part" && (
        <p>
          <button
            type="button"
            class="button-main"
            disabled={isBusy || source.kind === "none"}
            onClick={() => (isAsked ? again() : setAsked(source))}
          >
            {isBusy ? t("evaluate.busy") : t("evaluate.do")}
          </button>
        </p>
      )}
      {source.kind === "part" && isBusy && <p class="quiet">{t("evaluate.busy")}</p>}
      {problem && <ProblemNote problem={problem} placeOf={(steps) => placeIn(source, steps)} />}
      {value && <EvaluationView found={value} />}
    </section>
  );
}

/** What is known of a data set may come after it was asked about. */
const areSame = (one: Source, other: Source) => JSON.stringify(bodyOf(one)) === JSON.stringify(bodyOf(other));
