import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Described {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
}

interface Props {
  label: string;
  help?: string | null;
  faults?: string[];
  /** A box to tick stands in front of its label. */
  isCheck?: boolean;
  children: (described: Described) => ComponentChildren;
}

/** A label, its input, a sentence of help, and what is wrong. */
export function Field({ label, help, faults = [], isCheck = false, children }: Props) {
  const id = useId();
  const about = [help && `${id}-help`, faults.length > 0 && `${id}-fault`].filter(Boolean).join(" ");
  const input = children({
    id,
    "aria-describedby": about || undefined,
    "aria-invalid": faults.length > 0 ? "true" : undefined,
  });
  return (
    <div class={isCheck ? "field field-check" : "field"}>
      {isCheck && input}
      <label for={id}>{label}</label>
      {!isCheck && input}
      {help && (
        <span class="help" id={`${id}-help`}>
          {help}
        </span>
      )}
      {faults.length > 0 && (
        <span class="fault" id={`${id}-fault`}>
          {faults.join("; ")}
        </span>
      )}
    </div>
  );
}
