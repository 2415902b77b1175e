import { useState } from "preact/hooks";

/** A number to be changed by hand; what is not a number yet changes nothing. */
export function NumberCell({
  value,
  label,
  onChange,
}: {
  value: number;
  label: string;
  onChange(value: number): void;
}) {
  const [text, setText] = useState<string | null>(null);
  return (
    <input
      type="number"
      step="any"
      class="cell"
      value={text ?? String(Number(value.toPrecision(7)))}
      title={String(value)}
      aria-label={label}
      onInput={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        if (typed !== "" && Number.isFinite(Number(typed))) onChange(Number(typed));
      }}
      onBlur={() => setText(null)}
    />
  );
}
