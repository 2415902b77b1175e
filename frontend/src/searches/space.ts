/** What a search changes, in words. */
import { isObject } from "../api/options";
import { short } from "../parts/format";
import { t } from "../texts/texts";

/** `/training/optimizer/learning_rate` in a table: `optimizer.learning_rate`. */
export const parameterName = (pointer: string): string => pointer.split("/").slice(2).join(".");

/** A value as it is read: of layers their units and rates, `64 → drop 0.2 → 1`. */
export function written(value: unknown, digits = 4): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return short(value, digits);
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return value.map(wordOfLayer).join(" → ");
  return JSON.stringify(value);
}

function wordOfLayer({ type, units, drop_rate }: Record<string, unknown>): string {
  if (typeof units === "number") return String(units);
  return typeof drop_rate === "number" ? t("searches.drop", { rate: drop_rate }) : String(type);
}
