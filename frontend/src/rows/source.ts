/** Where rows come from, and what of it goes into a request. */
import type { Cell, Dataset } from "../api/datasets";
import { t } from "../texts/texts";
import type { Rows } from "./types";

/** A row of a network that speaks names, its target among the cells. */
export type RowObject = Record<string, Cell>;

export type Source =
  /** `lines` of the text they were read from. */
  | { kind: "rows"; rows: Rows; lines?: number[] }
  | { kind: "objects"; objects: RowObject[]; lines: number[] }
  /** `columns` where the network has no names of its own: which columns are its inputs, and which its target. */
  | { kind: "dataset"; dataset: string; info: Dataset | null; columns?: { inputs?: string[]; target?: string } }
  /** A part of the rows that a training was given. */
  | { kind: "part"; part: string }
  | { kind: "none" };

/** For /train and /evaluate alike. */
export function bodyOf(source: Source): Record<string, unknown> {
  if (source.kind === "rows") return { data: source.rows };
  if (source.kind === "objects") return { data: source.objects };
  if (source.kind === "dataset") return { dataset: source.dataset, ...source.columns };
  if (source.kind === "part") return { rows: source.part };
  return {};
}

/** Where in the rows of a request a fault is, as who gave them sees it: in which line of a text, or else in which row. */
export function placeIn(source: Source, [first, ...others]: string[]): string | null {
  if (first !== "data" || (source.kind !== "rows" && source.kind !== "objects")) return null;
  const [row, column] = source.kind === "rows" ? others.slice(1) : others;
  if (row === undefined) return t("rows.title");
  const line = source.lines?.[Number(row)];
  const place = line === undefined ? t("rows.row", { row: Number(row) + 1 }) : t("rows.line", { line });
  return source.kind === "objects" && column !== undefined ? `${place}, ${column}` : place;
}

const SHOWN_ROWS = 3;

/** As it is shown: the first rows, and how many more there are. */
export function shownOf(source: Source): Record<string, unknown> {
  if (source.kind === "rows")
    return { data: { inputs: first(source.rows.inputs), targets: first(source.rows.targets) } };
  if (source.kind === "objects") return { data: first(source.objects) };
  return bodyOf(source);
}

const first = (list: unknown[]): unknown[] =>
  list.length <= SHOWN_ROWS
    ? list
    : [...list.slice(0, SHOWN_ROWS), t("rows.more", { count: list.length - SHOWN_ROWS })];
