import type { Network, Prediction } from "../api/types";
import { Num } from "../parts/Num";
import { t } from "../texts/texts";
import { type Bar, Bars } from "./Bars";
import { SignedBars } from "./SignedBars";

const MOST_BARS = 12;

/** The answer to one row: probabilities as bars where there are classes, else the numbers it puts out. */
export function Answer({ answer, network, isStale }: { answer: Prediction; network: Network; isStale: boolean }) {
  const probabilities = answer.probabilities?.[0];
  const label = answer.labels?.[0] ?? answer.classes?.[0];
  const attribution = answer.attributions?.[0];
  const outputs = answer.outputs[0] ?? [];
  const bars: Bar[] = Object.entries(probabilities ?? {}).map(([name, value], place) => ({
    name,
    value,
    index: network.labels?.includes(name) ? network.labels.indexOf(name) : place,
  }));
  const shown = bars.length > MOST_BARS ? bars.toSorted((a, b) => b.value - a.value).slice(0, MOST_BARS) : bars;
  const inWords = Object.entries(answer.predictions?.[0] ?? {});
  return (
    <div class={isStale ? "answer stale" : "answer"} role="status" aria-label={t("predict.answer")}>
      {label !== undefined && label !== null && (
        <p class="answer-label">{Array.isArray(label) ? label.join(", ") || t("none") : String(label)}</p>
      )}
      {shown.length > 0 ? (
        <Bars bars={shown} />
      ) : (
        <dl class="figures">
          {inWords.map(([name, value]) => (
            <div>
              <dt>{name}</dt>
              <dd>
                {typeof value === "number" ? (
                  <Num value={value} digits={5} />
                ) : typeof value === "boolean" ? (
                  t(value ? "yes" : "no")
                ) : (
                  String(value ?? "–")
                )}
              </dd>
            </div>
          ))}
          {inWords.length === 0 &&
            outputs.map((value, index) => (
              <div>
                <dt>{network.labels?.[index] ?? t("predict.output", { number: index + 1 })}</dt>
                <dd>
                  <Num value={value} digits={5} nonfinite={answer.nonfinite?.[`outputs.0.${index}`]} />
                </dd>
              </div>
            ))}
        </dl>
      )}
      {attribution && (
        <div class="stack">
          <p class="quiet small">{t("predict.counted.help")}</p>
          <SignedBars bars={Object.entries(attribution.inputs).map(([name, value]) => ({ name, value: value ?? 0 }))} />
        </div>
      )}
    </div>
  );
}
