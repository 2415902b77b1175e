/** The series of a job as plain numbers: NaN and the infinities are themselves again, what was not measured is absent. */
import type { Epoch } from "../api/types";
import { NONFINITE } from "../parts/format";

export interface Row {
  epoch: number;
  values: Readonly<Record<string, number>>;
}

const OWN = ["loss", "val_loss", "learning_rate", "gradient_norm", "seconds"] as const;

export function rowOf(epoch: Omit<Epoch, "job">): Row {
  const values: Record<string, number> = {};
  const put = (name: string, path: string, value: number | null | undefined) => {
    const kind = epoch.nonfinite?.[path];
    if (kind) values[name] = NONFINITE[kind] ?? NaN;
    else if (typeof value === "number") values[name] = value;
  };
  for (const name of OWN) put(name, name, epoch[name]);
  for (const [name, value] of Object.entries(epoch.metrics ?? {})) put(name, `metrics.${name}`, value);
  return { epoch: epoch.epoch, values };
}

/** Most rows held of one job: what no screen is wide enough to show need not be kept. */
export const MOST_ROWS = 4000;

/** New rows behind the old ones, each epoch once, and never more than `most`: memory stays flat however long it goes on. */
export function appended(rows: readonly Row[], added: readonly Row[], most = MOST_ROWS): readonly Row[] {
  const last = rows.at(-1)?.epoch ?? 0;
  const fresh = added.filter((row) => row.epoch > last);
  if (fresh.length === 0) return rows;
  const together = [...rows, ...fresh];
  return together.length <= most ? together : thinned(together, most >> 1);
}

/** About `count` rows: of each stretch of epochs the ones with the smallest and the largest loss; first and last stay. */
export function thinned(rows: readonly Row[], count: number): readonly Row[] {
  const first = rows[0];
  const last = rows.at(-1);
  if (rows.length <= count || !first || !last) return rows;
  const width = (last.epoch - first.epoch) / Math.max(1, count >> 1);
  const kept: Row[] = [];
  let bucket: Row[] = [];
  let end = first.epoch + width;
  for (const row of rows) {
    while (row.epoch > end && end < last.epoch) {
      kept.push(...extremes(bucket));
      bucket = [];
      end += width;
    }
    bucket.push(row);
  }
  kept.push(...extremes(bucket));
  if (kept[0] !== first) kept.unshift(first);
  if (kept.at(-1) !== last) kept.push(last);
  return kept;
}

/** The rows with the smallest and the largest loss, in order; one whose loss is no number counts as the largest. */
function extremes(bucket: readonly Row[]): Row[] {
  const [first, ...others] = bucket;
  if (!first) return [];
  let low = first;
  let high = first;
  for (const row of others) {
    if (size(row) < size(low)) low = row;
    if (size(row) > size(high)) high = row;
  }
  return low === high ? [low] : low.epoch < high.epoch ? [low, high] : [high, low];
}

function size(row: Row): number {
  const loss = row.values.loss ?? 0;
  return Number.isNaN(loss) ? Infinity : loss;
}

/** A closer look at a stretch, put in the place of what the overview has there; newer rows of the overview stay. */
export function merged(overview: readonly Row[], detail: readonly Row[]): readonly Row[] {
  const first = detail[0];
  const last = detail.at(-1);
  if (!first || !last) return overview;
  return [
    ...overview.filter((row) => row.epoch < first.epoch),
    ...detail,
    ...overview.filter((row) => row.epoch > last.epoch),
  ];
}
