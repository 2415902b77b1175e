import type { Prediction } from "../api/types";
import { percent, short } from "../parts/format";
import { t } from "../texts/texts";

/** How an answer was decided, and why not to rely on it: a chosen threshold, what the service warns of, what was missing, and what it has never seen. */
export function Doubts({ answer: { warnings = [], imputed = {}, unseen = {}, threshold } }: { answer: Prediction }) {
  return (
    <>
      {threshold && (
        <p class="small quiet">
          {t("predict.threshold", { label: threshold.positive, threshold: percent(threshold.value) })}
        </p>
      )}
      {warnings.map((warning) => (
        <p class="note note-warn small" lang="en">
          {warning}
        </p>
      ))}
      {Object.entries(imputed).map(([column, { value }]) => (
        <p class="small quiet">
          {t("predict.imputed", { column, value: typeof value === "number" ? short(value) : String(value ?? "–") })}
        </p>
      ))}
      {Object.keys(unseen).length > 0 && (
        <p class="small quiet">{t("predict.unseen", { columns: Object.keys(unseen).join(", ") })}</p>
      )}
    </>
  );
}
