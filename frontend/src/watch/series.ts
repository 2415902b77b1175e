/** A job and what it has shown so far. */
import type { Message } from "../api/follow";
import type { Finding, Job, JobHistory, Progress } from "../api/types";
import { appended, type Row, rowOf } from "./rows";

export interface Series {
  job: Job;
  progress: Progress;
  /** Options by dotted name in which the shown jobs are not all alike. */
  differs: Record<string, unknown>;
  rows: readonly Row[];
  /** How many times its stream said that a snapshot was stored. */
  saved: number;
}

export function seriesOf(job: Job, history: JobHistory): Series {
  const { status, epoch, epochs, progress, eta_seconds, queue_position, best_epoch, best_value, seconds } = job;
  return {
    job,
    progress: {
      status,
      epoch,
      epochs,
      progress,
      eta_seconds,
      queue_position,
      best_epoch,
      best_value: best_value ?? null,
      seconds,
    },
    differs: history.differs,
    rows: appended([], history.epochs.map(rowOf)),
    saved: 0,
  };
}

/** The series after a message of its stream: new epochs are appended, new findings replace the old ones. */
export function told(series: Series, message: Exclude<Message, { kind: "end" }>): Series {
  const { progress } = message;
  if (message.kind === "epochs") return { ...series, progress, rows: appended(series.rows, message.epochs.map(rowOf)) };
  if (message.name === "snapshot") return { ...series, progress, saved: series.saved + 1 };
  if (message.name !== "findings") return { ...series, progress };
  return { ...series, progress, job: { ...series.job, findings: message.data.findings as Finding[] } };
}

/** The numbers that can be drawn: loss and metrics, without the `val_` twins. */
export function drawable(allSeries: readonly Series[]): string[] {
  const names = new Set<string>(["loss"]);
  for (const { job } of allSeries) {
    for (const metric of (job.options as { training?: { metrics?: unknown[] } }).training?.metrics ?? []) {
      names.add(typeof metric === "string" ? metric : String((metric as { type?: string }).type));
    }
  }
  for (const { rows } of allSeries) {
    for (const name of Object.keys(rows.at(-1)?.values ?? {})) {
      if (!APART.has(name) && !name.startsWith("val_")) names.add(name);
    }
  }
  return [...names].filter(
    (name) =>
      name === "loss" || allSeries.some(({ rows }) => rows.length === 0 || rows.some((row) => name in row.values)),
  );
}

const APART = new Set(["learning_rate", "gradient_norm", "seconds"]);
