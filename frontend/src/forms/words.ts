/** What fields are called and explained as: in our own words where we have them, else in those of the API. */
import type { Schema } from "../api/openapi";
import { language } from "../texts/language";
import "../texts/fields";
import { maybeText } from "../texts/texts";

export const labelOf = (name: string): string => maybeText(`label.${name}`) ?? capital(name.replaceAll("_", " "));

export function helpOf(name: string, schema: Schema): string | null {
  const own = maybeText(`help.${name}`);
  if (own) return own;
  return language.value === "en" && schema.description ? `${capital(schema.description).replace(/\.$/, "")}.` : null;
}

/** Not of Greek letters, which are quantities. */
const capital = (text: string): string => text.replace(/^[a-z](?=[a-z ])/, (letter) => letter.toUpperCase());

/** A description is remarks, a formula, and its source: what comes before the formula is left out. */
export function formulaIn(description: string): string {
  const sentences = description.trim().split(/(?<=[.;]) (?=\S)/);
  const first = sentences.findIndex((sentence) => /[=]/.test(sentence));
  return sentences.slice(Math.max(first, 0)).join(" ");
}
