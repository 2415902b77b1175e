/** The textbook's symbols as plain text, so that they can be read aloud, copied and searched. Indexes count from 1. */
const SUB = "₀₁₂₃₄₅₆₇₈₉";
const SUP = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const digits = (number: number, of: string) => [...String(number)].map((digit) => of[Number(digit)]).join("");

const sub = (number: number) => digits(number, SUB);
const sup = (number: number) => `⁽${digits(number, SUP)}⁾`;

export const x = (index: number) => `x${sub(index)}`;
export const y = (index: number) => `y${sub(index)}`;
export const z = (layer: number, unit: number) => `z${sup(layer)}${sub(unit)}`;
/** Layer 0 are the inputs. */
export const a = (layer: number, unit: number) => (layer === 0 ? x(unit) : `a${sup(layer)}${sub(unit)}`);
export const b = (layer: number, unit: number) => `b${sup(layer)}${sub(unit)}`;
export const delta = (layer: number, unit: number) => `δ${sup(layer)}${sub(unit)}`;
/** The weight from one unit to the next layer's; a comma where two digits would run into each other. */
export const w = (layer: number, from: number, to: number) =>
  `w${sup(layer)}${sub(from)}${from > 9 || to > 9 ? "," : ""}${sub(to)}`;
