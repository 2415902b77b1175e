/** Colours of the style sheet for canvases, which take no custom property. */
import { resolved } from "../shell/theme";

export type Rgb = [red: number, green: number, blue: number];

const known = new Map<string, string>();

/** A custom property as the present theme resolves it: `rgb(31, 102, 177)`. It is asked for once, for that costs a layout. */
export function resolvedColour(name: string): string {
  const key = `${resolved.value} ${name}`;
  const colour = known.get(key) ?? asked(name);
  known.set(key, colour);
  return colour;
}

function asked(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export const rgbOf = (name: string): Rgb =>
  (resolvedColour(name).match(/[\d.]+/g) ?? []).slice(0, 3).map(Number) as Rgb;

/** The same colour, let through to a quarter. */
export const faded = (colour: string): string => colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.25)");
