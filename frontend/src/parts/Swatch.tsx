import { classColour } from "./classes";

/** The colour of a class beside its name. */
export function Swatch({ index }: { index: number }) {
  return <i class="swatch" style={{ background: `var(--${classColour(index)})` }} aria-hidden="true" />;
}
