import { NONFINITE, short } from "./format";

/** A number as short as it may be, and in full on hover. `nonfinite` is what the API calls a number that is null. */
export function Num({
  value,
  digits = 4,
  nonfinite,
}: {
  value: number | null | undefined;
  digits?: number;
  nonfinite?: string;
}) {
  const shown = value ?? (nonfinite === undefined ? null : NONFINITE[nonfinite]);
  return (
    <span class="num" title={shown === null || shown === undefined ? undefined : String(shown)}>
      {short(shown, digits)}
    </span>
  );
}
