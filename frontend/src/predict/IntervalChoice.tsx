import type { Calibration } from "../api/types";
import { Field } from "../forms/Field";
import { percent } from "../parts/format";
import { t } from "../texts/texts";

interface Props {
  calibration: Calibration | null;
  level: number | null;
  choose: (level: number | null) => void;
}

/** In which share of rows the true value is to lie in a range, or among some classes. */
export function IntervalChoice({ calibration, level, choose }: Props) {
  const levels = calibration?.levels.map((each) => each.level) ?? [];
  const isOfNumbers = calibration?.levels.some(({ half_widths }) => half_widths !== undefined) ?? false;
  if (levels.length === 0) return <p class="quiet small">{t("predict.interval.missing")}</p>;
  return (
    <Field
      label={t("predict.interval")}
      help={t(isOfNumbers ? "predict.interval.range" : "predict.interval.classes", { rows: calibration?.rows ?? 0 })}
    >
      {(described) => (
        <select
          {...described}
          class="narrow"
          value={level === null ? "" : String(level)}
          onChange={(event) => choose(event.currentTarget.value ? Number(event.currentTarget.value) : null)}
        >
          <option value="">{t("predict.interval.none")}</option>
          {levels.map((each) => (
            <option value={String(each)}>{t("predict.interval.level", { level: percent(each, 0) })}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
