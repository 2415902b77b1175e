/** One of several things, as it stands in JSON: by its name alone, `relu`, or as an object with its `type` and options. */
import { isObject } from "../api/options";

/** Null where it is neither. */
export function nameOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const type = isObject(value) ? value.type : null;
  return typeof type === "string" ? type : null;
}

export function optionsOf(value: unknown): Record<string, unknown> {
  if (!isObject(value)) return {};
  const { type: _, ...options } = value;
  return options;
}
