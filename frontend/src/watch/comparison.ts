/** Which of several jobs is best, by one number that all of them have. */
import type { Row } from "./rows";
import type { Series } from "./series";

export interface Best {
  value: number;
  epoch: number;
}

export interface Comparison {
  /** The number: on held-out rows where every job has some. */
  name: string;
  /** Of each job, in order; null where it has no finite one. */
  bests: readonly (Best | null)[];
  /** Places of the best jobs; none where only one can be compared. */
  winners: ReadonlySet<number>;
  /** Whether the jobs held out other rows, or had other data. */
  areRowsOther: boolean;
}

/** Of any other number more is better. */
const LESS_IS_BETTER = /(^|_)(loss|mae|rmse|mape|error)$/;
const ROWS = /^(dataset|data|validation|test|rows)\b/;

export function comparisonOf(
  allSeries: readonly Series[],
  rowsOf: (series: Series) => readonly Row[],
  value: string,
): Comparison {
  const heldOut = `val_${value}`;
  const all = allSeries.map(rowsOf);
  const name = all.every((rows) => rows.some((row) => heldOut in row.values)) ? heldOut : value;
  const sign = LESS_IS_BETTER.test(name) ? 1 : -1;
  const bests = all.map((rows) => bestOf(rows, name, sign));
  const known = bests.filter((each) => each !== null);
  const top = Math.min(...known.map((each) => sign * each.value));
  const winners = bests.flatMap((each, place) => (each && sign * each.value === top ? [place] : []));
  const areRowsOther = allSeries.some(({ differs }) => Object.keys(differs).some((option) => ROWS.test(option)));
  return { name, bests, winners: new Set(known.length > 1 ? winners : []), areRowsOther };
}

function bestOf(rows: readonly Row[], name: string, sign: number): Best | null {
  let best: Best | null = null;
  for (const { epoch, values } of rows) {
    const value = values[name];
    if (value === undefined || !Number.isFinite(value)) continue;
    if (best === null || sign * value < sign * best.value) best = { value, epoch };
  }
  return best;
}
