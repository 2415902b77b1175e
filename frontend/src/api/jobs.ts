import { path, request } from "./request";
import type { Epoch, Job, JobHistory, JobStatus, Page } from "./types";

/** Trainings, unless others are asked for. */
export const listJobs = (
  query: { network?: string; status?: readonly JobStatus[]; kind?: Job["kind"]; limit?: number; after?: string } = {},
) => request<Page<Job>>("GET", "/jobs", { query: { kind: "training", ...query } });

export const getJob = (job: string, signal?: AbortSignal) => request<Job>("GET", path`/jobs/${job}`, { signal });

export const startTraining = (body: unknown) => request<Job>("POST", "/train", { json: body });

/** Of all rows of a data set. */
export const startPrediction = (body: unknown) => request<Job>("POST", "/predictions", { json: body });

export type JobVerb = "pause" | "resume" | "cancel";
export const tellJob = (job: string, verb: JobVerb) => request<Job>("POST", path`/jobs/${job}/${verb}`);

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
