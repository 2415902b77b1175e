import { useState } from "preact/hooks";
import type { Evaluation } from "../api/types";
import { Field } from "../forms/Field";
import { percent, short, whole } from "../parts/format";
import { t } from "../texts/texts";
import { Calibration } from "./Calibration";
import { Plot } from "./Plot";
import { type Curve, type Decision, decisionsOf, usual } from "./thresholds";

interface Props {
  curves: Curve[];
  classes: NonNullable<Evaluation["classes"]>;
  rows: number;
  /** What the network itself decides by, where it has one. */
  own: Evaluation["threshold"];
}

/** One class against all others: both curves, and what a threshold does. */
export function Thresholds({ curves, classes, rows, own }: Props) {
  const [label, setLabel] = useState(curves[0]?.label ?? "");
  const curve = curves.find((each) => each.label === label) ?? curves[0];
  if (!curve) return null;
  return (
    <section class="stack">
      <h2>{t("threshold.title")}</h2>
      {curves.length > 1 && (
        <Field label={t("classes.class")}>
          {(described) => (
            <select
              {...described}
              class="narrow"
              value={curve.label}
              onChange={(event) => setLabel(event.currentTarget.value)}
            >
              {curves.map((each) => (
                <option value={each.label}>{each.label}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <AtThreshold
        key={curve.label}
        curve={curve}
        support={supportOf(classes, curve.label)}
        rows={rows}
        own={own?.positive === curve.label ? own.value : null}
      />
      {curve.calibration && <Calibration label={curve.label} bins={curve.calibration} />}
    </section>
  );
}

const supportOf = (classes: Props["classes"], label: string): number =>
  classes.find((each) => each.label === label)?.support ?? 0;

interface AtProps {
  curve: Curve;
  support: number;
  rows: number;
  own: number | null;
}

function AtThreshold({ curve, support, rows, own }: AtProps) {
  const decisions = decisionsOf(curve, support, rows);
  const first = usual(decisions, curve.calibration !== null, own);
  const [place, setPlace] = useState(first);
  const at = decisions[place];
  if (!at) return null;
  const { label } = curve;
  const threshold = at.threshold === null ? t("threshold.above") : short(at.threshold);
  return (
    <>
      {own !== null && (
        <p>
          {t("threshold.own", { label, threshold: short(own) })}{" "}
          {place !== first && (
            <button type="button" class="button-plain" onClick={() => setPlace(first)}>
              {t("threshold.own.show")}
            </button>
          )}
        </p>
      )}
      <Field label={t("threshold.label", { label, threshold })} help={t("threshold.help", { label })}>
        {(described) => (
          <input
            {...described}
            class="threshold"
            type="range"
            min={0}
            max={decisions.length - 1}
            step={1}
            value={decisions.length - 1 - place}
            aria-valuetext={threshold}
            onInput={(event) => setPlace(decisions.length - 1 - Number(event.currentTarget.value))}
          />
        )}
      </Field>
      <DecisionFigures at={at} label={label} />
      <div class="plots">
        <Plot
          title={t("threshold.roc", { area: short(curve.roc_auc) })}
          x={t("threshold.false_positive_rate")}
          y={t("threshold.true_positive_rate")}
          line={decisions.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate])}
          diagonal
          mark={[at.falsePositiveRate, at.truePositiveRate]}
        />
        <Plot
          title={t("threshold.precision_recall", { area: short(curve.average_precision) })}
          x={t("classes.recall")}
          y={t("classes.precision")}
          line={(curve.precision_recall ?? []).map(({ recall, precision }) => [recall, precision])}
          mark={at.precision === null ? null : [at.recall, at.precision]}
        />
      </div>
    </>
  );
}

function DecisionFigures({ at, label }: { at: Decision; label: string }) {
  const figures: [string, string][] = [
    [t("classes.precision"), percent(at.precision)],
    [t("classes.recall"), percent(at.recall)],
    ["F1", short(at.f1)],
    [t("threshold.accuracy"), percent(at.accuracy)],
    [t("threshold.hits", { label }), whole(at.truePositives)],
    [t("threshold.alarms", { label }), whole(at.falsePositives)],
    [t("threshold.misses", { label }), whole(at.falseNegatives)],
    [t("threshold.rejections", { label }), whole(at.trueNegatives)],
  ];
  return (
    <dl class="figures evaluation" aria-live="polite">
      {figures.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd class="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
