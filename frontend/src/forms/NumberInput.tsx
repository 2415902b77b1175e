import { useEffect, useState } from "preact/hooks";
import { useMark } from "./marks";
import { type Bounds, faultOf, numberOf } from "./numbers";

interface Typed {
  value: number | null | undefined;
  /** Null where it is empty. What is no number is not passed on, and marked as wrong. */
  onValue: (value: number | null) => void;
  bounds?: Bounds | undefined;
}

interface Props extends Typed, Partial<Record<"id" | "aria-describedby" | "aria-label", string>> {
  "aria-invalid"?: "true" | undefined;
  placeholder?: string | undefined;
  class?: string;
}

/** What is typed stays as it is typed until the value changes elsewhere. */
export function useTyped({ value, onValue, bounds }: Typed): {
  text: string;
  fault: string | null;
  type: (text: string) => void;
} {
  const written = value === null || value === undefined ? "" : String(value);
  const [text, setText] = useState(written);
  useEffect(() => {
    if (numberOf(text) !== (value ?? null)) setText(written);
  }, [written]);
  const fault = faultOf(text, bounds);
  useMark(fault !== null);
  return {
    text,
    fault,
    type: (typed) => {
      setText(typed);
      const number = numberOf(typed);
      if (number !== null || typed.trim() === "") onValue(number);
    },
  };
}

/** A number without a label of its own; arrows are left to the text. */
export function NumberInput({ value, onValue, bounds, ...rest }: Props) {
  return <TypedInput {...rest} {...useTyped({ value, onValue, bounds })} />;
}

export function TypedInput({ text, fault, type, ...rest }: Omit<Props, keyof Typed> & ReturnType<typeof useTyped>) {
  return (
    <input
      {...rest}
      type="text"
      inputMode="decimal"
      autocomplete="off"
      value={text}
      aria-invalid={fault !== null ? "true" : rest["aria-invalid"]}
      onInput={(event) => type(event.currentTarget.value)}
    />
  );
}
