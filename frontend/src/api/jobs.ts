import { path, request } from "./request";
import type { Epoch, Job, JobHistory, JobStatus, Page } from "./types";

/** Which jobs are meant. */
export interface FoundJobs {
  search?: string | undefined;
  network?: string;
  status?: readonly JobStatus[] | undefined;
  kind?: Job["kind"];
  restarts?: boolean;
  restart_of?: string;
}

export interface JobOrder {
  sort: string;
  order: "asc" | "desc";
}

type JobQuery = FoundJobs & Partial<JobOrder> & { best?: boolean; limit?: number; after?: string | undefined };

/** Trainings, unless others are asked for. */
export const listJobs = (query: JobQuery = {}, signal?: AbortSignal) =>
  request<Page<Job>>("GET", "/jobs", { query: { kind: "training", ...query }, signal });

export interface JobSummary {
  total: number;
  statuses: Partial<Record<JobStatus, number>>;
}

/** How many there are. */
export const summariseJobs = (query: FoundJobs = {}, signal?: AbortSignal) =>
  request<JobSummary>("GET", "/jobs/summary", { query: { kind: "training", ...query }, signal });

export const describeJob = (job: string, changes: Partial<Pick<Job, "name" | "note" | "tags">>) =>
  request<Job>("PATCH", path`/jobs/${job}`, { json: changes });

/** One that is over. */
export const deleteJob = (job: string) => request<void>("DELETE", path`/jobs/${job}`);

export const getJob = (job: string, signal?: AbortSignal) => request<Job>("GET", path`/jobs/${job}`, { signal });

export const startTraining = (body: unknown) => request<Job>("POST", "/train", { json: body });

/** Of all rows of a data set. */
export const startPrediction = (body: unknown) => request<Job>("POST", "/predictions", { json: body });

export type JobVerb = "pause" | "resume" | "cancel";
export const tellJob = (job: string, verb: JobVerb) => request<Job>("POST", path`/jobs/${job}/${verb}`);

/** How a training goes on: as far as which epoch, how fast, and with which options. */
export interface Steering {
  until_epoch?: number;
  epochs_per_second?: number | null;
  options?: Record<string, unknown>;
}

/** Let a paused training go on; one that runs takes another pace or end without a stop. */
export const resumeJob = (job: string, steering: Steering) =>
  request<Job>("POST", path`/jobs/${job}/resume`, { json: steering });

/** The same training again from the initial weights, as a job of its own; with `pause_at` 0 it waits for a resume. */
export const restartJob = (job: string, body: Omit<Steering, "until_epoch"> & { pause_at?: number } = {}) =>
  request<Job>("POST", path`/jobs/${job}/restart`, { json: body });

export interface HistoryQuery {
  from_epoch?: number;
  to_epoch?: number;
  every?: number;
  max_points?: number;
  fields?: string;
}

export const getHistory = (job: string, query: HistoryQuery & { limit?: number; after?: string } = {}) =>
  request<Page<Epoch>>("GET", path`/jobs/${job}/history`, { query: { ...query } });

/** The service compares no more jobs at a time. */
export const MOST_COMPARED = 20;

export const compareHistories = (jobs: string[], query: HistoryQuery = {}, signal?: AbortSignal) =>
  request<Page<JobHistory>>("GET", "/history", { query: { jobs: jobs.join(","), ...query }, signal });

/** What a job may still be told to do. */
export const VERBS: Record<JobStatus, JobVerb[]> = {
  queued: ["pause", "cancel"],
  running: ["pause", "cancel"],
  pausing: ["resume", "cancel"],
  paused: ["resume", "cancel"],
  cancelling: [],
  cancelled: [],
  succeeded: [],
  failed: [],
};

export const isOver = (status: JobStatus) => VERBS[status].length === 0 && status !== "cancelling";

export interface JobRows {
  rows: number;
  validation_rows: number;
  test_rows: number;
  input_names: string[] | null;
  data: { part: string; row: number; inputs: number[]; targets: number[] }[];
}

/** Rows of a job as its network sees them, spread evenly over all; refused where they are not known yet, or not any more. */
export const getJobRows = (job: string, limit = 500) =>
  request<JobRows>("GET", path`/jobs/${job}/rows`, { query: { limit } });
