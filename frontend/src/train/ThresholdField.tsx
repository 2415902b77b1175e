import { isObject } from "../api/options";
import type { Network } from "../api/types";
import { Field } from "../forms/Field";
import { NumberField } from "../forms/NumberField";
import { labelOf } from "../forms/words";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

const METRICS = ["f1", "balanced_accuracy", "accuracy", "recall", "precision"] as const;
const SHARE = { type: "number", minimum: 0, maximum: 1 } as const;
/** What is wrong with the choice itself; a least value has its own field. */
const OWN = ["#/threshold", "#/threshold/metric"];
/** Alone, each of these is highest where nothing else counts: the other one needs a least value. */
const OTHER: Record<string, "min_precision" | "min_recall"> = { recall: "min_precision", precision: "min_recall" };

/** From which probability on a class is predicted: chosen on the validation rows for a metric. */
export function ThresholdField({ options, set, problem, network }: OptionProps & { network: Network }) {
  const given = isObject(options.threshold) ? options.threshold : {};
  const metric = typeof given.metric === "string" ? given.metric : "";
  const labels = network.labels ?? [];
  const other = OTHER[metric];
  const least = typeof given[other ?? ""] === "number" ? (given[other ?? ""] as number) : null;
  const change = (next: Record<string, unknown>) =>
    set(
      "threshold",
      Object.fromEntries(Object.entries({ ...given, ...next }).filter(([, value]) => value !== undefined)),
    );
  return (
    <>
      <Field
        label={labelOf("threshold")}
        help={t("train.threshold.help")}
        faults={(problem?.faults ?? [])
          .filter(({ pointer }) => OWN.includes(pointer ?? ""))
          .map(({ detail }) => detail)}
      >
        {(described) => (
          <select
            {...described}
            value={metric}
            onChange={({ currentTarget: { value } }) =>
              value === ""
                ? set("threshold", undefined)
                : change({ metric: value, min_precision: undefined, min_recall: undefined })
            }
          >
            <option value="">{t("none")}</option>
            {METRICS.map((each) => (
              <option value={each}>{each}</option>
            ))}
          </select>
        )}
      </Field>
      {metric !== "" && (
        <Field
          label={t("train.threshold.positive")}
          help={t("train.threshold.positive.help")}
          faults={problem?.at("#/threshold/positive") ?? []}
        >
          {(described) => (
            <select
              {...described}
              value={String(given.positive ?? (labels.length === 2 ? labels[1] : ""))}
              onChange={(event) => change({ positive: event.currentTarget.value })}
            >
              {labels.length !== 2 && <option value="">{t("train.threshold.choose")}</option>}
              {labels.map((label) => (
                <option value={label}>{label}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      {other && (
        <NumberField
          label={labelOf(other)}
          help={t("train.threshold.least.help")}
          faults={problem?.at(`#/threshold/${other}`)}
          bounds={SHARE}
          value={least}
          onValue={(next) => change({ [other]: next ?? undefined })}
        />
      )}
    </>
  );
}
