/** Colours of the style sheet for canvases, which take no custom property. */

export type Rgb = [red: number, green: number, blue: number];

/** A custom property as the present theme resolves it: `rgb(31, 102, 177)`. */
export function resolvedColour(name: string): string {
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
