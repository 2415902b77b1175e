/** Trainings at set times. */
import { all, path, request } from "./request";
import type { Job, TrainingSchedule } from "./types";

export const allSchedules = (signal?: AbortSignal) => all<TrainingSchedule>("/schedules", signal);

export const createSchedule = (body: unknown) => request<TrainingSchedule>("POST", "/schedules", { json: body });

export const changeSchedule = (schedule: string, changes: { paused: boolean }) =>
  request<TrainingSchedule>("PATCH", path`/schedules/${schedule}`, { json: changes });

export const runSchedule = (schedule: string) => request<Job>("POST", path`/schedules/${schedule}/run`);

export const deleteSchedule = (schedule: string) => request<void>("DELETE", path`/schedules/${schedule}`);
