import type { Network, Prediction } from "../api/types";
import { percent, short } from "../parts/format";
import { Num } from "../parts/Num";
import { t } from "../texts/texts";
import { type Bar, Bars } from "./Bars";
import { Doubts } from "./Doubts";
import { SignedBars } from "./SignedBars";

const MOST_BARS = 12;

interface Props {
  answer: Prediction;
  network: Network;
  /** The share of rows that intervals and sets are of. */
  level: number | null;
  isStale: boolean;
}

/** The answer to one row: probabilities as bars where there are classes, else the numbers it puts out. */
export function Answer({ answer, network, level, isStale }: Props) {
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
        <>
          <Bars bars={shown} />
          {level !== null && answer.sets?.[0] && (
            <p class="answer-set">
              {t("predict.set", { level: percent(level, 0), classes: answer.sets[0].join(", ") })}
            </p>
          )}
        </>
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
                <Between level={level} interval={answer.intervals?.[0]?.[name]} />
                {answer.held?.[name] && <Held held={answer.held[name]} />}
              </dd>
            </div>
          ))}
          {inWords.length === 0 &&
            outputs.map((value, index) => (
              <div>
                <dt>{network.labels?.[index] ?? t("predict.output", { number: index + 1 })}</dt>
                <dd>
                  <Num value={value} digits={5} nonfinite={answer.nonfinite?.[`outputs.0.${index}`]} />
                  <Between level={level} interval={answer.intervals?.[0]?.[String(index)]} />
                </dd>
              </div>
            ))}
        </dl>
      )}
      <Doubts answer={answer} />
      {attribution && (
        <div class="stack">
          <p class="quiet small">{t("predict.counted.help")}</p>
          <SignedBars bars={Object.entries(attribution.inputs).map(([name, value]) => ({ name, value: value ?? 0 }))} />
        </div>
      )}
    </div>
  );
}

/** Where the true number is, in a share of the rows. */
function Between({ level, interval }: { level: number | null; interval: Interval | undefined }) {
  if (level === null || !interval) return null;
  return (
    <span class="small quiet answer-interval">
      {t("predict.interval.of", { level: percent(level, 0), low: short(interval.low), high: short(interval.high) })}
    </span>
  );
}

type Interval = NonNullable<Prediction["intervals"]>[number][string];

function Held({ held: { low, high } }: { held: NonNullable<Prediction["held"]>[string] }) {
  return <span class="small quiet answer-interval">{t("predict.held", { low: short(low), high: short(high) })}</span>;
}
