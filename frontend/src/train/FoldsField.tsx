import type { Schema } from "../api/openapi";
import { isObject } from "../api/options";
import { Field } from "../forms/Field";
import { NumberField } from "../forms/NumberField";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

const REPEATS = { type: "integer", minimum: 1, maximum: 10 } as const;

/** Cross-validation in place of a training to use: how many folds, how they are drawn, and what is kept of them. */
export function FoldsField({ options, set, problem, schema }: OptionProps & { schema: Schema | undefined }) {
  const given = isObject(options.folds) ? options.folds : {};
  const count = typeof options.folds === "number" ? options.folds : (given.count as number | undefined);
  const change = (name: string, value: unknown) => set("folds", { ...given, count, [name]: value });
  const box = (name: "stratified" | "predictions", label: string) => (
    <Field label={label} help={t(`train.folds.${name}`)} isCheck>
      {(described) => (
        <input
          {...described}
          type="checkbox"
          checked={given[name] === true}
          onChange={(event) => change(name, event.currentTarget.checked)}
        />
      )}
    </Field>
  );
  return (
    <>
      <NumberField
        label={t("train.folds")}
        help={t("train.folds.help")}
        faults={problem?.at("#/folds")}
        bounds={schema?.anyOf?.find(({ type }) => type === "integer")}
        value={count ?? null}
        placeholder={t("none")}
        onValue={(next) => set("folds", next === null ? undefined : { ...given, count: next })}
      />
      {count !== undefined && (
        <>
          <NumberField
            label={t("train.folds.repeats")}
            help={t("train.folds.repeats.help")}
            bounds={REPEATS}
            value={(given.repeats as number | undefined) ?? null}
            placeholder="1"
            onValue={(next) => change("repeats", next ?? undefined)}
          />
          {box("stratified", t("train.stratified"))}
          {box("predictions", t("train.folds.predictions.label"))}
        </>
      )}
    </>
  );
}
