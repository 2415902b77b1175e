import type { Description, Variant } from "../api/openapi";
import type { Problem } from "../api/problem";
import { t } from "../texts/texts";
import { Field } from "./Field";
import { nameOf, optionsOf } from "./named";
import { SchemaFields } from "./SchemaFields";
import { formulaIn, labelOf } from "./words";

interface Props {
  description: Description;
  /** Such as `Optimizer`. */
  kind: string;
  name: string;
  /** A bare word, or an object with a type and its options. */
  value: unknown;
  onValue: (value: unknown) => void;
  problem: Problem | null;
  pointer: string;
  isNullable?: boolean;
  fallback?: unknown;
  help?: string | null;
}

/** One of several things by its name, with the options of the chosen one below; its formula stands for help. */
export function Choice({
  description,
  kind,
  name,
  value,
  onValue,
  problem,
  pointer,
  isNullable = false,
  fallback,
  help,
}: Props) {
  const variants = description.variants(kind);
  const chosen = nameOf(value) ?? nameOf(fallback);
  const variant = variants.find((each) => each.name === chosen);
  const options = optionsOf(value);
  const ownFaults = problem?.faults.filter((fault) => fault.pointer === pointer).map((fault) => fault.detail) ?? [];
  return (
    <div class="stack-tight choice">
      <Field label={labelOf(name)} help={help} faults={ownFaults}>
        {(described) => (
          <select
            {...described}
            value={chosen ?? ""}
            onChange={(event) => onValue(begun(variants.find((each) => each.name === event.currentTarget.value)))}
          >
            {isNullable && <option value="">{t("none")}</option>}
            {variants.map((each) => (
              <option value={each.name}>{each.name}</option>
            ))}
          </select>
        )}
      </Field>
      {variant && <p class="rule">{formulaIn(variant.description)}</p>}
      {variant && Object.keys(variant.options).length > 0 && (
        <SchemaFields
          {...{ description, problem, pointer }}
          options={variant.options}
          values={options}
          onValues={(values) =>
            onValue(
              Object.keys(values).length > 0 || variant.required.length > 0
                ? { type: variant.name, ...values }
                : variant.name,
            )
          }
        />
      )}
    </div>
  );
}

/** A choice as it is first made: by its name alone, unless it needs a number, which is then 1 until it is changed. */
function begun(variant: Variant | undefined): unknown {
  if (!variant || variant.required.length === 0) return variant?.name;
  return { type: variant.name, ...Object.fromEntries(variant.required.map((name) => [name, 1])) };
}
