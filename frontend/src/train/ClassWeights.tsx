import { Field } from "../forms/Field";
import { helpOf, labelOf } from "../forms/words";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

/** None or balanced; weights of one's own, from a job that is forked, are kept as they are. */
export function ClassWeights({ options, set, problem }: OptionProps) {
  const value = options.class_weights;
  const own = typeof value === "object" && value !== null ? JSON.stringify(value) : null;
  return (
    <Field label={labelOf("class_weights")} help={helpOf("class_weights", {})} faults={problem?.at("#/class_weights")}>
      {(described) => (
        <select
          {...described}
          value={own ?? String(value ?? "")}
          onChange={(event) => set("class_weights", event.currentTarget.value || undefined)}
        >
          <option value="">{t("none")}</option>
          <option value="balanced">{t("train.balanced")}</option>
          {own && <option value={own}>{own}</option>}
        </select>
      )}
    </Field>
  );
}
