/** The settings of a log of answers as they are typed, and as the service takes them. */
import type { AnswerLog, AnswerLogBody } from "../api/types";

export interface Settings {
  /** Percent. */
  share: number | null;
  maxRows: number | null;
  psi: number | null;
  /** Null: not judged. */
  ks: number | null;
  minRows: number | null;
  isWatched: boolean;
  /** Minutes. */
  every: number | null;
  watchedRows: number | null;
  /** Hours; null: rows of any age. */
  window: number | null;
  /** Empty: nobody is called. */
  callback: string;
  /** Empty: as it was, or the service's own. */
  secret: string;
}

const HOUR = 3600;

const USUAL = { share: 1, max_rows: 100_000, psi: 0.2, min_rows: 200 };
const USUAL_WATCH = { every: 3600, rows: 2000, window: null, callback: null };

export function settingsOf(log: AnswerLog | null): Settings {
  const { share, max_rows, psi, ks, min_rows, watch } = { ks: null, watch: null, ...USUAL, ...log };
  const { every, rows, window, callback } = { ...USUAL_WATCH, ...watch };
  return {
    share: Number((share * 100).toPrecision(12)),
    maxRows: max_rows,
    psi,
    ks: ks ?? null,
    minRows: min_rows,
    isWatched: Boolean(watch),
    every: every / 60,
    watchedRows: rows,
    window: window ? window / HOUR : null,
    callback: callback ?? "",
    secret: "",
  };
}

/** A field that was emptied is the service's own choice. */
export function logOf(settings: Settings): Partial<AnswerLogBody> {
  const { share, maxRows, psi, ks, minRows, isWatched, every, watchedRows, window, callback, secret } = settings;
  const watch = {
    every: every === null ? USUAL_WATCH.every : Math.round(every * 60),
    rows: watchedRows ?? USUAL_WATCH.rows,
    window: window === null ? null : Math.round(window * HOUR),
    callback: callback.trim() || null,
    ...(secret && { callback_secret: secret }),
  };
  return {
    share: share === null ? USUAL.share : share / 100,
    max_rows: maxRows ?? USUAL.max_rows,
    psi: psi ?? USUAL.psi,
    ks,
    min_rows: minRows ?? USUAL.min_rows,
    watch: isWatched ? watch : null,
  };
}
