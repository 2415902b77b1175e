import type { ComponentChildren } from "preact";
import { Field } from "./Field";
import { TypedInput, useTyped } from "./NumberInput";
import type { Bounds } from "./numbers";

interface Props {
  label: string;
  help?: string | null;
  /** What the service found wrong; what can be seen here comes before it. */
  faults?: string[] | undefined;
  value: number | null | undefined;
  onValue: (value: number | null) => void;
  bounds?: Bounds | undefined;
  placeholder?: string | undefined;
  /** Another way to the same number. */
  children?: ComponentChildren;
}

/** A number with its label, and a sentence as soon as it is none that will do. */
export function NumberField({ label, help = null, faults = [], value, onValue, bounds, placeholder, children }: Props) {
  const typed = useTyped({ value, onValue, bounds });
  return (
    <Field label={label} help={help} faults={typed.fault !== null ? [typed.fault] : faults}>
      {(described) => (
        <>
          <TypedInput {...described} {...typed} placeholder={placeholder} />
          {children}
        </>
      )}
    </Field>
  );
}
