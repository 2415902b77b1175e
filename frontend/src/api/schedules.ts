/** Trainings at set times. */
import { path, request } from "./request";
import type { Job, Page, TrainingSchedule } from "./types";

export const listSchedules = (signal?: AbortSignal) =>
  request<Page<TrainingSchedule>>("GET", "/schedules", { query: { limit: 100 }, signal });

export const createSchedule = (body: unknown) => request<TrainingSchedule>("POST", "/schedules", { json: body });

export const changeSchedule = (schedule: string, changes: { paused: boolean }) =>
  request<TrainingSchedule>("PATCH", path`/schedules/${schedule}`, { json: changes });

export const runSchedule = (schedule: string) => request<Job>("POST", path`/schedules/${schedule}/run`);

export const deleteSchedule = (schedule: string) => request<void>("DELETE", path`/schedules/${schedule}`);
