/** Numbers as they are read: as many digits as they deserve. The full value belongs into a `title`, see `Num`. */
import { type Language, language } from "../texts/language";
import { t } from "../texts/texts";

const MINUS = "−";

/** What the API calls a number that is null, as the number it is. */
export const NONFINITE: Readonly<Record<string, number>> = { nan: NaN, "+inf": Infinity, "-inf": -Infinity };

/** 0.003217, 12.4, 1.2e−7: `digits` significant ones, no trailing zeros. */
export function short(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e-4 && size < 10 ** Math.max(digits + 2, 6) ? fixed(value, digits) : value.toExponential(digits - 2);
  return text
    .replace(/(\.\d*?)0+(e|$)/, "$1$2")
    .replace(/\.(e|$)/, "$1")
    .replace("e+", "e")
    .replaceAll("-", MINUS);
}

function fixed(value: number, digits: number): string {
  const before = Math.max(0, Math.floor(Math.log10(Math.abs(value))) + 1);
  const leading = Math.abs(value) < 1 ? -Math.floor(Math.log10(Math.abs(value))) - 1 : 0;
  return value.toFixed(Math.max(0, Math.min(20, digits - before + leading)));
}

/** The first three. */
export const few = (values: readonly number[]): string =>
  values
    .slice(0, 3)
    .map((value) => short(value, 3))
    .join(", ") + (values.length > 3 ? " …" : "");

const formats: Readonly<Record<Language, Intl.NumberFormat>> = {
  en: new Intl.NumberFormat("en"),
  ko: new Intl.NumberFormat("ko"),
};

/** 12,345 */
export const whole = (value: number): string => formats[language.value].format(value);

/** 98.2 % */
export function percent(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined) return "–";
  return `${(value * 100).toFixed(digits)} %`;
}

/** 14.2 kB */
export function bytes(value: number): string {
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const) {
    if (value >= size) return `${short(value / size, 3)} ${unit}`;
  }
  return `${value} B`;
}

/** 45 s, 12 min, 3 h. */
export function span(seconds: number): string {
  if (seconds < 90) return t("time.seconds", { n: seconds < 10 ? short(seconds, 2) : Math.round(seconds) });
  if (seconds < 90 * 60) return t("time.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 36 * 3600) return t("time.hours", { n: Math.round(seconds / 3600) });
  return t("time.days", { n: Math.round(seconds / 86400) });
}

export function ago(time: string): string {
  const seconds = (Date.now() - Date.parse(time)) / 1000;
  return seconds < 10 ? t("time.now") : t("time.ago", { span: span(seconds) });
}

/** in 3 d */
export const ahead = (time: string): string =>
  t("time.in", { span: span(Math.max(0, (Date.parse(time) - Date.now()) / 1000)) });
