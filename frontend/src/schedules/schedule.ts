/** A schedule as it is read, and what is asked of `POST /schedules`. */
import { askedOptions } from "../api/options";
import type { Job, TrainingSchedule } from "../api/types";

export interface Chosen {
  name: string;
  cron: string;
  timezone: string;
  network: string;
  /** Empty: that of the newest training. */
  dataset: string;
  /** A training whose options it takes; null leaves them to the service. */
  like: Job | null | undefined;
  ifChanged: boolean;
  /** Whether a better model takes over `production`. */
  promotes: boolean;
}

/** Every hour, at three every night, on weekdays, on Sundays, on the first of the month. */
export const PRESETS = {
  hourly: "0 * * * *",
  daily: "0 3 * * *",
  weekdays: "0 3 * * 1-5",
  weekly: "0 3 * * 0",
  monthly: "0 3 1 * *",
} as const;

/** Held out where the training to imitate held nothing out: without such rows there is nothing to judge by. */
const USUAL_VALIDATION = { validation: { fraction: 0.2 } };

export function bodyOf({ name, cron, timezone, network, dataset, like, ifChanged, promotes }: Chosen) {
  return {
    ...(name.trim() !== "" && { name: name.trim() }),
    cron: cron.trim(),
    timezone: timezone.trim(),
    if_changed: ifChanged,
    train: {
      ...USUAL_VALIDATION,
      ...(like && askedOptions(like)),
      network,
      dataset,
      ...(promotes && { promote: { alias: "production", if: { metric: "val_loss", better_by: 0 } } }),
    },
  };
}

/** The expression, with the time zone where it is not UTC. */
export const whenOf = ({ cron, timezone }: Pick<TrainingSchedule, "cron" | "timezone">): string =>
  timezone === "UTC" ? cron : `${cron} ${timezone}`;

export const datasetOf = ({ train }: TrainingSchedule): string => (train as { dataset?: string }).dataset ?? "–";
