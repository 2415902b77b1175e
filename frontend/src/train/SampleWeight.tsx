import type { Column } from "../api/datasets";
import { Field } from "../forms/Field";
import { helpOf, labelOf } from "../forms/words";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

/** The column of a data set that says how much each row counts. */
export function SampleWeight({ options, set, problem, columns }: OptionProps & { columns: Column[] }) {
  return (
    <Field label={labelOf("sample_weight")} help={helpOf("sample_weight", {})} faults={problem?.at("#/sample_weight")}>
      {(described) => (
        <select
          {...described}
          value={String(options.sample_weight ?? "")}
          onChange={(event) => set("sample_weight", event.currentTarget.value || undefined)}
        >
          <option value="">{t("none")}</option>
          {columns
            .filter((column) => column.type === "number")
            .map((column) => (
              <option value={column.name}>{column.name}</option>
            ))}
        </select>
      )}
    </Field>
  );
}
