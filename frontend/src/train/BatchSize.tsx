import type { Schema } from "../api/openapi";
import { NumberField } from "../forms/NumberField";
import { helpOf, labelOf } from "../forms/words";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

/** A number of rows; empty is all of them. */
export function BatchSize({ options, set, problem, schema }: OptionProps & { schema: Schema | undefined }) {
  const { batch_size: size = 32 } = options;
  return (
    <NumberField
      label={labelOf("batch_size")}
      help={helpOf("batch_size", {})}
      faults={problem?.at("#/batch_size")}
      bounds={schema?.anyOf?.find(({ type }) => type === "integer")}
      value={typeof size === "number" ? size : null}
      placeholder={t("train.full")}
      onValue={(number) => set("batch_size", number ?? "full")}
    />
  );
}
