import type { Evaluation } from "../api/types";
import { whole } from "../parts/format";
import { Num } from "../parts/Num";
import { t } from "../texts/texts";
import { ConfusionMatrix } from "./ConfusionMatrix";

export function EvaluationView({ found }: { found: Evaluation }) {
  return (
    <div class="stack" role="status" aria-label={t("evaluate.found")}>
      <dl class="figures evaluation">
        <div>
          <dt>{t("evaluate.rows")}</dt>
          <dd class="num">{whole(found.rows)}</dd>
        </div>
        <div>
          <dt>{t("home.loss")}</dt>
          <dd>
            <Num value={found.loss} nonfinite={found.nonfinite?.loss} />
          </dd>
        </div>
        {Object.entries(found.metrics).map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <Num value={value} nonfinite={found.nonfinite?.[`metrics.${name}`]} />
            </dd>
          </div>
        ))}
      </dl>
      {found.confusion?.counts && (
        <ConfusionMatrix labels={found.confusion.labels ?? []} counts={found.confusion.counts} />
      )}
    </div>
  );
}
