/**
 * Every text of the page in English and Korean. Each part keeps its texts in a file of its own; PAIRS puts them together.
 * In a component: `t("home.running", { count: 3 })` fills `{count}`; it follows the language by itself. `{count|row|rows}`
 * is the word for as many: the first for one, the second for any other count.
 */

import { accessTexts } from "./access";
import { buildTexts } from "./build";
import { commonTexts } from "./common";
import { datasetTexts } from "./datasets";
import { fieldTexts } from "./fields";
import { homeTexts } from "./home";
import { insideTexts } from "./inside";
import { language } from "./language";
import { predictTexts } from "./predict";
import { rowsTexts } from "./rows";
import { runsTexts } from "./runs";
import { stepTexts } from "./step";
import { trainTexts } from "./train";
import { versionsTexts } from "./versions";
import { watchTexts } from "./watch";

export type Pair = readonly [en: string, ko: string];

export const PAIRS = {
  ...commonTexts,
  ...homeTexts,
  ...buildTexts,
  ...fieldTexts,
  ...trainTexts,
  ...rowsTexts,
  ...runsTexts,
  ...datasetTexts,
  ...predictTexts,
  ...insideTexts,
  ...stepTexts,
  ...watchTexts,
  ...versionsTexts,
  ...accessTexts,
} as const;

export type TextKey = keyof typeof PAIRS;

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const pair: Pair = PAIRS[key];
  const text = language.value === "ko" ? pair[1] : pair[0];
  return text.replace(/\{(\w+)(?:\|(.*?)\|(.*?))?\}/g, (whole, name, one, many) => {
    if (!(name in values)) return whole;
    const value = String(values[name]);
    return many === undefined ? value : value === "1" ? one : many;
  });
}

/** A text that may be missing: help for a field of the API, for one. */
export function maybeText(key: string): string | null {
  return key in PAIRS ? t(key as TextKey) : null;
}
