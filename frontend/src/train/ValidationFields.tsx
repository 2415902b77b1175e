import type { Schema } from "../api/openapi";
import { Field } from "../forms/Field";
import { NumberField } from "../forms/NumberField";
import type { Source } from "../rows/source";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

/** Which share of the rows is held back, and how it is drawn; of a data set also by group or by time. */
export function ValidationFields({
  options,
  set,
  problem,
  source,
  schema,
}: OptionProps & { source: Source; schema: Schema }) {
  const given = (
    typeof options.validation === "object" && options.validation !== null ? options.validation : {}
  ) as Record<string, unknown>;
  const fraction = typeof given.fraction === "number" ? given.fraction : null;
  const columns = source.kind === "dataset" ? (source.info?.columns ?? []) : [];
  /** None is also written as 0. */
  const bounds = schema.properties?.fraction;
  const change = (name: string, value: unknown) => {
    const { [name]: _, ...others } = given;
    const next = value === undefined ? others : { ...others, [name]: value };
    set("validation", next.fraction === undefined && next.dataset === undefined ? undefined : next);
  };
  const column = (name: "group" | "time", among: string[]) => (
    <Field label={t(`train.${name}`)} help={t(`train.${name}.help`)}>
      {(described) => (
        <select
          {...described}
          value={String(given[name] ?? "")}
          onChange={(event) => change(name, event.currentTarget.value || undefined)}
        >
          <option value="">{t("none")}</option>
          {among.map((each) => (
            <option value={each}>{each}</option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <div class="fields">
      <NumberField
        label={t("train.fraction")}
        help={t("train.fraction.help")}
        faults={problem?.at("#/validation")}
        bounds={{ ...bounds, exclusiveMinimum: undefined, minimum: bounds?.exclusiveMinimum }}
        value={fraction}
        placeholder={t("none")}
        onValue={(number) => change("fraction", number || undefined)}
      />
      {fraction !== null && (
        <Field label={t("train.stratified")} help={t("train.stratified.help")} isCheck>
          {(described) => (
            <input
              {...described}
              type="checkbox"
              checked={given.stratified === true}
              onChange={(event) => change("stratified", event.currentTarget.checked || undefined)}
            />
          )}
        </Field>
      )}
      {fraction !== null &&
        columns.length > 0 &&
        column(
          "group",
          columns.map((each) => each.name),
        )}
      {fraction !== null &&
        columns.length > 0 &&
        column(
          "time",
          columns.filter((each) => each.type === "time" || each.type === "number").map((each) => each.name),
        )}
    </div>
  );
}
