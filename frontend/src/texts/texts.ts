/**
 * Every text of the page in English and Korean. Each part keeps its texts in a file of its own, which the part imports:
 * so a page loads the texts that it shows, and no others. In a component: `t("home.running", { count: 3 })` fills
 * `{count}`; it follows the language by itself. `{count|row|rows}` is the word for as many: the first for one, the second
 * for any other count.
 */

import type { accessTexts } from "./access";
import type { buildTexts } from "./build";
import { commonTexts } from "./common";
import type { datasetTexts } from "./datasets";
import type { diffTexts } from "./diff";
import type { downloadTexts } from "./downloads";
import type { ensembleTexts } from "./ensemble";
import type { evaluateTexts } from "./evaluate";
import type { fieldTexts } from "./fields";
import type { homeTexts } from "./home";
import type { insideTexts } from "./inside";
import { language } from "./language";
import type { limitTexts } from "./limits";
import type { liveTexts } from "./live";
import type { monitoringTexts } from "./monitoring";
import type { predictTexts } from "./predict";
import type { rowsTexts } from "./rows";
import type { runsTexts } from "./runs";
import type { scheduleTexts } from "./schedules";
import type { scoreTexts } from "./score";
import type { searchTexts } from "./searches";
import type { stepTexts } from "./step";
import type { trainTexts } from "./train";
import type { versionsTexts } from "./versions";
import type { watchTexts } from "./watch";

export type Pair = readonly [en: string, ko: string];

export type TextKey =
  | keyof typeof accessTexts
  | keyof typeof buildTexts
  | keyof typeof commonTexts
  | keyof typeof datasetTexts
  | keyof typeof diffTexts
  | keyof typeof downloadTexts
  | keyof typeof ensembleTexts
  | keyof typeof evaluateTexts
  | keyof typeof fieldTexts
  | keyof typeof homeTexts
  | keyof typeof insideTexts
  | keyof typeof limitTexts
  | keyof typeof liveTexts
  | keyof typeof monitoringTexts
  | keyof typeof predictTexts
  | keyof typeof rowsTexts
  | keyof typeof runsTexts
  | keyof typeof scheduleTexts
  | keyof typeof scoreTexts
  | keyof typeof searchTexts
  | keyof typeof stepTexts
  | keyof typeof trainTexts
  | keyof typeof versionsTexts
  | keyof typeof watchTexts;

/** All that are loaded. */
const known = new Map<string, Pair>(Object.entries(commonTexts));

/** Makes a group of texts known as soon as its file is loaded. */
export function texts<const Group extends Readonly<Record<string, Pair>>>(group: Group): Group {
  for (const [key, pair] of Object.entries(group)) known.set(key, pair);
  return group;
}

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const [english, korean] = known.get(key) ?? [key, key];
  const text = language.value === "ko" ? korean : english;
  return text.replace(/\{(\w+)(?:\|(.*?)\|(.*?))?\}/g, (whole, name, one, many) => {
    if (!(name in values)) return whole;
    const value = String(values[name]);
    return many === undefined ? value : value === "1" ? one : many;
  });
}

/** A text that may be missing: help for a field of the API, for one. */
export function maybeText(key: string): string | null {
  return known.has(key) ? t(key as TextKey) : null;
}
