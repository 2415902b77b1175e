import type { Evaluation } from "../api/types";
import { whole } from "../parts/format";
import { type TextKey, t } from "../texts/texts";
import { ClassTable } from "./ClassTable";
import { ConfusionMatrix } from "./ConfusionMatrix";
import { Figures } from "./Figures";
import { Residuals } from "./Residuals";
import { Thresholds } from "./Thresholds";

/** What an evaluation found, and on which rows. */
export function EvaluationView({ found }: { found: Evaluation }) {
  const curves = (found.curves ?? []).filter(({ roc }) => roc !== null);
  return (
    <div class="stack-wide" role="status" aria-label={t("evaluate.found")}>
      <section class="stack">
        <p>{sentenceOf(found)}</p>
        {hasSeen(found) && <p class="note note-warn">{t("evaluate.seen")}</p>}
        {!hasSeen(found) && found.warnings?.map((warning) => <p class="note note-warn">{warning}</p>)}
        {found.rows_left_out !== undefined && (
          <p class="quiet small">{t("evaluate.left_out", { count: whole(found.rows_left_out) })}</p>
        )}
        <Figures found={found} />
      </section>
      {found.confusion?.counts && (
        <ConfusionMatrix labels={found.confusion.labels ?? []} counts={found.confusion.counts} />
      )}
      {found.classes && <ClassTable classes={found.classes} curves={found.curves ?? []} />}
      {curves.length > 0 && (
        <Thresholds curves={curves} classes={found.classes ?? []} rows={found.rows} own={found.threshold} />
      )}
      {found.targets?.map((target) => (
        <Residuals key={target.name} target={target} />
      ))}
    </div>
  );
}

const SENTENCES: Record<Evaluation["evaluated_on"]["rows"], TextKey> = {
  test: "evaluate.on.test",
  validation: "evaluate.on.validation",
  training: "evaluate.on.training",
  all: "evaluate.on.all",
  given: "evaluate.on.given",
};

function sentenceOf({ evaluated_on: on, rows }: Evaluation): string {
  const sentence = t(SENTENCES[on.rows], { count: whole(rows) });
  return on.dataset ? `${sentence} ${t("evaluate.on.dataset", { dataset: on.dataset })}` : sentence;
}

/** Whether the weights were trained on some of these rows. */
const hasSeen = ({ evaluated_on: { rows, job } }: Evaluation): boolean =>
  rows === "training" || (rows === "all" && job !== null);
