import type { ReadAs } from "../api/datasets";
import { t } from "../texts/texts";

const SPACES: Record<string, string> = { " ": "␣" };

/** How the texts of a column were taken for values, each in a few words; nothing of one that is written in the plain way. */
export function readAsWords({ decimal, thousands, unit, missing = [], dates, precision, clock }: ReadAs): string[] {
  return [
    decimal === "," && t("read_as.decimal"),
    thousands && t("read_as.thousands", { sign: SPACES[thousands] ?? thousands }),
    unit && t("read_as.unit", { unit }),
    dates && t(`read_as.${dates}`),
    precision === "day" && t("read_as.day"),
    clock && t("read_as.clock"),
    missing.length > 0 && t("read_as.missing", { words: missing.join(", ") }),
  ].filter((words): words is string => typeof words === "string");
}
