/** Cells as the file had them. */
import type { Column } from "../api/datasets";

const MIDNIGHT = /T00:00:00(\.0+)?Z$/;

/** Yes or no in the file's own words, a date without a time as one, and a dash for a missing cell. */
export function wordOf({ type, profile, read_as }: Column, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (type === "boolean" && typeof value === "boolean") return profile?.words?.[Number(value)] ?? String(value);
  return read_as?.precision === "day" ? String(value).replace(MIDNIGHT, "") : String(value);
}
