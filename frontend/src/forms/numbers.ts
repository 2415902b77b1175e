/** Numbers as they are typed, and what is wrong with one before it is sent. */
import type { Schema } from "../api/openapi";
import "../texts/fields";
import { t } from "../texts/texts";

/** What of a schema says which numbers will do. */
export type Bounds = Pick<Schema, "type" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum">;

/** Takes 0.5, 1e-3 and −2, in any locale; null where it is none. */
export function numberOf(text: string): number | null {
  const plain = text.trim().replace("−", "-");
  const number = Number(plain);
  return plain === "" || !Number.isFinite(number) ? null : number;
}

/** Null where the number will do, or none is given. */
export function faultOf(text: string, bounds: Bounds = {}): string | null {
  const got = text.trim();
  if (got === "") return null;
  const number = numberOf(got);
  if (number === null) return t("number.none", { got });
  if (bounds.type === "integer" && !Number.isInteger(number)) return t("number.whole", { got });
  const {
    minimum: least = -Infinity,
    maximum: most = Infinity,
    exclusiveMinimum: above = -Infinity,
    exclusiveMaximum: below = Infinity,
  } = bounds;
  if (number < least) return t("number.least", { least, got });
  if (number > most) return t("number.most", { most, got });
  if (number <= above) return t("number.above", { above, got });
  if (number >= below) return t("number.below", { below, got });
  return null;
}
