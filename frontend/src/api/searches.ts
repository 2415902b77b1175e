/** Searches for the best network and training of a table. */
import { path, request } from "./request";
import type { Importances, JobStatus, Page, Trial } from "./types";

export interface Parameter {
  type?: "float" | "int" | "values";
  low?: number;
  high?: number;
  scale?: "linear" | "log";
  values?: unknown[];
}

export interface Search {
  id: string;
  name: string;
  status: JobStatus;
  counts: Record<Trial["status"], number>;
  /** How many there will be at most. */
  trials: number;
  best: { trial: number; job: string | null; value: number; parameters: Record<string, unknown> } | null;
  spent: { seconds: number; epochs: number };
  eta_seconds: number | null;
  error: { code: string; message: string } | null;
  /** By pointer. */
  parameters: Record<string, Parameter>;
  objective: { metric: string; goal: "minimize" | "maximize" };
  network: Record<string, unknown>;
  training: Record<string, unknown>;
  sampler: unknown;
  pruner: unknown;
  repeats: number;
  /** Ids of the searches whose trials its sampler knows. */
  warm_start: string[];
  created_at: string;
}

export const listSearches = (signal?: AbortSignal) =>
  request<Page<Search>>("GET", "/searches", { query: { limit: 100 }, signal });

export const getSearch = (search: string, signal?: AbortSignal) =>
  request<Search>("GET", path`/searches/${search}`, { signal });

export const createSearch = (body: unknown) => request<Search>("POST", "/searches", { json: body });

export const tellSearch = (search: string, verb: "pause" | "resume" | "cancel") =>
  request<Search>("POST", path`/searches/${search}/${verb}`);

/** Trials of one's own, by pointer, or so many more by the sampler; also after the end. */
export const addTrials = (search: string, body: { points?: Record<string, unknown>[]; count?: number | null }) =>
  request<Search>("POST", path`/searches/${search}/trials`, { json: body });

export const importancesOf = (search: string, signal?: AbortSignal) =>
  request<Importances>("GET", path`/searches/${search}/importances`, { signal });

export const deleteSearch = (search: string) => request<void>("DELETE", path`/searches/${search}`);

/** The best trial, or another one, becomes a network of this name, and live. */
export const publishTrial = (search: string, network: string, trial: number) =>
  request<{ network: string; job: string | null }>("POST", path`/searches/${search}/publish`, {
    json: { network, trial },
  });

export async function listTrials(search: string, signal?: AbortSignal): Promise<Trial[]> {
  const found: Trial[] = [];
  for (;;) {
    const after = found.at(-1)?.trial;
    const page = await request<Page<Trial>>("GET", path`/searches/${search}/trials`, {
      query: { limit: 100, after },
      signal,
    });
    found.push(...page.data);
    if (!page.has_more) return found;
  }
}
