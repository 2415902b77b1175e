import type { Cell } from "../api/datasets";
import { Field } from "../forms/Field";
import { NumberField } from "../forms/NumberField";
import { short } from "../parts/format";
import { t } from "../texts/texts";
import type { FeatureField } from "./fields";

interface Props {
  field: FeatureField;
  value: Cell;
  /** What the service found wrong with it. */
  faults: string[];
  onValue: (value: Cell) => void;
}

const STEPS = 200;

/** One feature in its own kind of input; a number of a known range also as a slider. */
export function FeatureInput({ field, value, faults, onValue }: Props) {
  const { name, type, categories, low, high, isDay } = field;
  if (type === "boolean") {
    return (
      <Field label={name} faults={faults} isCheck>
        {(described) => (
          <input
            {...described}
            type="checkbox"
            checked={value === true}
            onChange={(event) => onValue(event.currentTarget.checked)}
          />
        )}
      </Field>
    );
  }
  if (type === "category") {
    return (
      <Field label={name} faults={faults}>
        {(described) => (
          <select
            {...described}
            value={value === null ? "" : String(value)}
            onChange={(event) => onValue(event.currentTarget.value || null)}
          >
            {categories.map((word) => (
              <option value={word}>{word}</option>
            ))}
            <option value="">{t("predict.missing")}</option>
          </select>
        )}
      </Field>
    );
  }
  if (type === "time") {
    return (
      <Field label={name} faults={faults}>
        {(described) => (
          <input
            {...described}
            type={isDay ? "date" : "datetime-local"}
            value={String(value ?? "")}
            onInput={(event) => onValue(event.currentTarget.value || null)}
          />
        )}
      </Field>
    );
  }
  const isRange = low !== null && high !== null && high > low;
  const isOutside = isRange && typeof value === "number" && (value < low || value > high);
  return (
    <NumberField
      label={name}
      help={isRange ? t(isOutside ? "predict.outside" : "predict.range", { low: short(low), high: short(high) }) : null}
      faults={faults}
      value={typeof value === "number" ? value : null}
      placeholder={t("predict.missing")}
      onValue={onValue}
    >
      {isRange && (
        <input
          type="range"
          aria-label={t("predict.slider", { name })}
          min={low}
          max={high}
          step={(high - low) / STEPS}
          value={typeof value === "number" ? value : low}
          onInput={(event) => onValue(Number(Number(event.currentTarget.value).toPrecision(4)))}
        />
      )}
    </NumberField>
  );
}
