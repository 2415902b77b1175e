/** The limits of a key as they are typed, and as the service takes them. */
import type { Key } from "../api/types";
import { bytes } from "../parts/format";

export type Limits = NonNullable<Key["limits"]>;

/** By name: what was typed; empty: the service's own limit. */
export type Typed = Record<keyof Limits, string>;

export const RATES = ["predict", "train", "uploads"] as const;
export const COUNTS = ["running_jobs", "queued_jobs", "stored_bytes"] as const;
const MEGABYTE = 1e6;

export const NO_LIMITS: Typed = {
  predict: "",
  train: "",
  uploads: "",
  running_jobs: "",
  queued_jobs: "",
  stored_bytes: "",
};

/** Null where none is given. What is no number goes as it is: the service says what is wrong with it. */
export function limitsOf(typed: Typed): Record<string, unknown> | null {
  const given = Object.entries(typed).flatMap(([name, text]): [string, unknown][] => {
    const plain = text.trim();
    return plain === "" ? [] : [[name, givenOf(name, plain)]];
  });
  return given.length > 0 ? Object.fromEntries(given) : null;
}

function givenOf(name: string, text: string): unknown {
  const number = Number(text);
  if ((RATES as readonly string[]).includes(name) || Number.isNaN(number)) return text;
  return name === "stored_bytes" ? Math.round(number * MEGABYTE) : number;
}

/** Each with its name: predict 100/second. */
export const limitWords = (limits: Limits | undefined, nameOf: (name: keyof Limits) => string): string[] =>
  Object.entries(limits ?? {}).map(([name, limit]) => {
    const written = name === "stored_bytes" && limit !== 0 ? bytes(Number(limit)) : String(limit);
    return `${nameOf(name as keyof Limits)}: ${written === "0" ? "∞" : written}`;
  });
