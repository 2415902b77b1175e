/** Tables that were uploaded, to train and evaluate on. */
import { ask, path, reached, request } from "./request";
import type { Page } from "./types";

export const COLUMN_TYPES = ["number", "boolean", "category", "time"] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];
/** By column. */
export type ColumnTypes = Record<string, ColumnType>;

export interface ColumnProfile {
  missing?: number;
  distinct?: number;
  min?: number | string | null;
  max?: number | string | null;
  mean?: number | null;
  std?: number | null;
  /** By percent: 5, 25, 50, 75, 95. */
  quantiles?: Record<string, number> | null;
  top?: { value: unknown; count: number }[];
  words?: string[];
  histogram?: { edges: (number | string)[]; counts: number[] } | null;
  warnings?: string[];
}

/** What a column is besides data to learn from; one that is not `sure` is asked about and not left out. */
export interface ColumnRole {
  code: string;
  reason: string;
  sure: boolean;
}

export interface ReadAs {
  decimal?: string;
  thousands?: string;
  unit?: string;
  missing?: string[];
  dates?: "YMD" | "DMY" | "MDY";
  precision?: "day";
  clock?: true;
  examples?: { text: string; value: Cell }[];
}

export interface Column {
  name: string;
  type: ColumnType;
  role?: ColumnRole | null;
  /** How its texts were read, where they are not written in the plain way. */
  read_as?: ReadAs;
  profile?: ColumnProfile;
}

/** Of a data set that a network has predicted: what it came from, and what became of its cells. */
export interface Origin {
  job?: string;
  /** Its id. */
  network?: string;
  dataset?: string;
  ignored?: string[];
  imputed?: Record<string, number>;
  unseen?: Record<string, number>;
}

export interface Dataset {
  id: string;
  name: string;
  /** Its number among those of its name, how many there are, and whether the name alone means it. */
  revision: number;
  revisions: number;
  is_newest: boolean;
  origin: Origin | null;
  filename: string | null;
  format: string;
  rows: number;
  columns: Column[];
  warnings: string[];
  size_bytes: number;
  created_at: string;
  created_by: string | null;
}

export type Cell = string | number | boolean | null;

export interface Proposal {
  network: Record<string, unknown>;
  train: Record<string, unknown>;
  /** In the service's words. */
  reasons?: { option: string; columns: string[]; reason: string }[];
  warnings?: string[];
  /** What a training may do about a rare class, and what that costs. */
  offers?: { train: Record<string, unknown>; effect: string; cost: string }[];
}

export const listDatasets = (limit = 100) => request<Page<Dataset>>("GET", "/datasets", { query: { limit } });

export const getDataset = (dataset: string) => request<Dataset>("GET", path`/datasets/${dataset}`);

export const previewDataset = (dataset: string, limit = 20) =>
  request<{ rows: number; data: Record<string, Cell>[] }>("GET", path`/datasets/${dataset}/preview`, {
    query: { limit },
  });

/** Of an ensemble, where there are to be several members. */
export const propose = (dataset: string, target: string, members: number | null = null, signal?: AbortSignal) =>
  request<Proposal>("GET", path`/datasets/${dataset}/proposal`, {
    query: { target, members: members ?? undefined },
    signal,
  });

/** Of a name with several revisions only with `all`; `x@2` is one of them. */
export const deleteDataset = (dataset: string, all = false) =>
  request<void>("DELETE", path`/datasets/${dataset}`, { query: { revisions: all ? "all" : undefined } });

/** Newest first. */
export const listRevisions = (name: string, signal?: AbortSignal) =>
  request<Page<Dataset>>("GET", "/datasets", { query: { name, revisions: "all", limit: 100 }, signal });

/** By what a data set is found: its name alone means its newest revision. */
export const referenceOf = ({ name, revision, is_newest }: Dataset): string =>
  is_newest ? name : `${name}@${revision}`;

export const renameDataset = (dataset: string, name: string) =>
  request<Dataset>("PATCH", path`/datasets/${dataset}`, { json: { name } });

/** `types` holds the columns whose type shall not be guessed. The same file, read the same way, is not new. */
export async function upload(
  file: File,
  types: ColumnTypes = {},
  name?: string,
  isRevision = false,
): Promise<{ dataset: Dataset; isNew: boolean }> {
  const form = new FormData();
  form.append("file", file);
  const given = Object.entries(types)
    .map(([column, type]) => `${column}:${type}`)
    .join(",");
  const answer = await ask("POST", "/datasets", {
    body: form,
    query: { name, types: given || undefined, revision: isRevision || undefined },
  });
  return { dataset: await reached<Dataset>(answer.json()), isNew: answer.status === 201 };
}
