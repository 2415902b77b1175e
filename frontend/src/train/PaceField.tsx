import { Field } from "../forms/Field";
import { pacesWith } from "../live/pace";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

/** How fast it trains: slow enough to be watched, or as fast as it goes. */
export function PaceField({ options, set, problem }: OptionProps) {
  const pace = typeof options.epochs_per_second === "number" ? options.epochs_per_second : null;
  return (
    <Field
      label={t("live.pace")}
      help={t(pace === null ? "train.pace.full" : "train.pace.slow")}
      faults={problem?.at("#/epochs_per_second") ?? []}
    >
      {(described) => (
        <select
          {...described}
          value={String(pace)}
          onChange={(event) =>
            set("epochs_per_second", event.currentTarget.value === "null" ? null : Number(event.currentTarget.value))
          }
        >
          {pacesWith(pace).map((each) => (
            <option value={String(each)}>{each === null ? t("live.pace.full") : t("live.pace.of", { n: each })}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
