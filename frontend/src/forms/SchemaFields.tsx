import type { Description, Schema } from "../api/openapi";
import type { Problem } from "../api/problem";
import { SchemaField } from "./SchemaField";

interface Props {
  description: Description;
  options: Record<string, Schema>;
  values: Record<string, unknown>;
  onValues: (values: Record<string, unknown>) => void;
  problem: Problem | null;
  pointer: string;
}

/** The fields of an object, each as an input; a field left as it is stays out of the object. */
export function SchemaFields({ description, options, values, onValues, problem, pointer }: Props) {
  return (
    <div class="fields">
      {Object.entries(options).map(([name, schema]) => (
        <SchemaField
          key={name}
          {...{ description, name, schema, problem }}
          value={values[name]}
          onValue={(value) => onValues(withField(values, name, value))}
          pointer={`${pointer}/${name}`}
        />
      ))}
    </div>
  );
}

/** A copy with the field set, or without it where the value is undefined. */
export function withField(values: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  const { [name]: _, ...others } = values;
  return value === undefined ? others : name in values ? { ...values, [name]: value } : { ...others, [name]: value };
}
