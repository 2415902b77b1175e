/** Several series over one common axis of epochs, as the chart takes them. */
import type { Row } from "./rows";

/** A number, a gap (it is no number, or none that a log axis could show), or nothing measured at this epoch. */
export type Cell = number | null | undefined;

export interface Wanted {
  rows: readonly Row[];
  name: string;
}

export interface Columns {
  epochs: number[];
  columns: Cell[][];
}

export function columnsOf(wanted: readonly Wanted[], isLog: boolean): Columns {
  const epochs = union(wanted.map(({ rows }) => rows));
  const places = new Map(epochs.map((epoch, index) => [epoch, index]));
  const columns = wanted.map(({ rows, name }) => {
    const column: Cell[] = new Array(epochs.length).fill(undefined);
    for (const row of rows) {
      const value = row.values[name];
      const place = places.get(row.epoch);
      if (value === undefined || place === undefined) continue;
      column[place] = Number.isFinite(value) && (!isLog || value > 0) ? value : null;
    }
    return column;
  });
  return { epochs, columns };
}

function union(allSeries: readonly (readonly Row[])[]): number[] {
  const distinct = [...new Set(allSeries)];
  if (distinct.length === 1) return (distinct[0] ?? []).map((row) => row.epoch);
  const all = new Set<number>();
  for (const rows of distinct) for (const row of rows) all.add(row.epoch);
  return [...all].sort((a, b) => a - b);
}

export interface Odd {
  epoch: number;
  value: number;
}

/** The first epoch of each stretch in which a number is none: NaN or infinite. */
export function oddities(rows: readonly Row[], name: string, most = 20): Odd[] {
  const found: Odd[] = [];
  let before: number | null = null;
  for (const row of rows) {
    const value = row.values[name];
    if (value === undefined) continue;
    const isOdd = !Number.isFinite(value);
    if (isOdd && !(before !== null && Object.is(before, value)) && found.length < most)
      found.push({ epoch: row.epoch, value });
    before = isOdd ? value : null;
  }
  return found;
}

/** The row at an epoch, or the nearest one before it. */
export function rowAt(rows: readonly Row[], epoch: number): Row | null {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.epoch ?? 0) <= epoch) low = middle;
    else high = middle - 1;
  }
  const found = rows[low];
  return found && found.epoch <= epoch ? found : (rows[0] ?? null);
}

/** Times the middle value, from which on the largest flattens all the rest on a linear axis. */
const FLATTENS = 50;
const LEAST = 20;
/** Most values are below this quantile; so many times it leaves them most of the height. */
const MOST = 0.9;
const ROOM = 2;

/** Whether a few large numbers leave the others no height, where a log axis could show all. */
export const isOutlying = (columns: readonly (readonly Cell[])[]): boolean => ceilingOf(columns) !== null;

/** Where a linear axis ends so that a few large numbers do not flatten the rest; null where there are none. */
export function ceilingOf(columns: readonly (readonly Cell[])[]): number | null {
  const known = columns.flatMap((cells) => cells.filter((cell) => typeof cell === "number"));
  if (known.length < LEAST || known.some((value) => value <= 0)) return null;
  const sorted = known.toSorted((a, b) => a - b);
  const at = (quantile: number) => sorted[Math.floor(sorted.length * quantile)]!;
  const flat = FLATTENS * at(0.5);
  return sorted.at(-1)! > flat ? Math.min(flat, ROOM * at(MOST)) : null;
}
