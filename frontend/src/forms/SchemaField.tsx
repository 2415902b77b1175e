import type { Description, Schema } from "../api/openapi";
import { isObject } from "../api/options";
import type { Problem } from "../api/problem";
import { t } from "../texts/texts";
import { Choice } from "./Choice";
import { Field } from "./Field";
import { NumberField } from "./NumberField";
import { SchemaFields } from "./SchemaFields";
import { helpOf, labelOf } from "./words";

export interface SchemaFieldProps {
  description: Description;
  name: string;
  schema: Schema;
  value: unknown;
  /** Undefined takes the field out of the body, which leaves its default. */
  onValue: (value: unknown) => void;
  problem: Problem | null;
  pointer: string;
}

/** One field of the API as an input: number, yes or no, one of several words, a thing with options of its own. */
export function SchemaField({ description, name, schema: given, value, onValue, problem, pointer }: SchemaFieldProps) {
  const { isNullable, schema, ref } = plain(description, given);
  const about = { label: labelOf(name), help: helpOf(name, given), faults: problem?.at(pointer) ?? [] };
  const fallback = given.default;

  if (ref && description.variants(ref).length > 0) {
    return (
      <Choice
        {...{ description, kind: ref, name, value, onValue, problem, pointer, isNullable, fallback, help: about.help }}
      />
    );
  }
  if (schema.properties) {
    return (
      <fieldset class="stack group">
        <legend>{about.label}</legend>
        {isNullable && (
          <label class="check small">
            <input
              type="checkbox"
              checked={isObject(value)}
              onChange={(event) => onValue(event.currentTarget.checked ? {} : undefined)}
            />{" "}
            {about.help}
          </label>
        )}
        {(!isNullable || isObject(value)) && (
          <SchemaFields
            {...{ description, problem, pointer }}
            options={schema.properties}
            values={(value ?? {}) as Record<string, unknown>}
            onValues={(values) => onValue(isNullable || Object.keys(values).length > 0 ? values : undefined)}
          />
        )}
      </fieldset>
    );
  }
  if (schema.type === "boolean") {
    return (
      <Field {...about} isCheck>
        {(described) => (
          <input
            {...described}
            type="checkbox"
            checked={Boolean(value ?? fallback)}
            onChange={(event) => onValue(orDefault(event.currentTarget.checked, fallback))}
          />
        )}
      </Field>
    );
  }
  if (schema.enum) {
    return (
      <Field {...about}>
        {(described) => (
          <select
            {...described}
            value={String(value ?? fallback ?? "")}
            onChange={(event) => onValue(orDefault(event.currentTarget.value || undefined, fallback))}
          >
            {isNullable && <option value="">{t("none")}</option>}
            {schema.enum?.map((word) => (
              <option value={word}>{word}</option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (schema.type === "number" || schema.type === "integer") {
    return (
      <NumberField
        {...about}
        bounds={schema}
        value={value as number | undefined}
        placeholder={typeof fallback === "number" ? String(fallback) : isNullable ? t("none") : undefined}
        onValue={(number) => onValue(number ?? undefined)}
      />
    );
  }
  return (
    <Field {...about}>
      {(described) => (
        <input
          {...described}
          type="text"
          value={String(value ?? "")}
          placeholder={String(fallback ?? "")}
          onInput={(event) => onValue(event.currentTarget.value || undefined)}
        />
      )}
    </Field>
  );
}

function orDefault(value: unknown, fallback: unknown): unknown {
  return value === fallback ? undefined : value;
}

/** A schema without its "or null", and the name of what it refers to. */
export function plain(
  description: Description,
  given: Schema,
): { isNullable: boolean; schema: Schema; ref: string | null } {
  if (Array.isArray(given.type)) {
    const [type] = given.type.filter((each) => each !== "null");
    return { isNullable: given.type.includes("null"), schema: { ...given, type }, ref: null };
  }
  const others = given.anyOf?.filter((each) => each.type !== "null");
  const one = others?.length === 1 && others[0] ? others[0] : given;
  const { name, schema } = description.follow(one);
  return { isNullable: one !== given || given.default === null, schema, ref: name };
}
