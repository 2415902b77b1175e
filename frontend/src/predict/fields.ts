/** What a row of a network is made of: each feature with its type, and where to begin. */
import type { Cell, Column, ColumnType, Dataset } from "../api/datasets";
import { inputColumns, speaksNames, type TableColumn } from "../api/table";
import type { Network } from "../api/types";
import type { Rows } from "../rows/types";

export interface FeatureField {
  name: string;
  type: ColumnType;
  categories: string[];
  /** The range seen in the rows we know, for a slider. */
  low: number | null;
  high: number | null;
  /** A date without a time of day. */
  isDay?: boolean;
  start: Cell;
}

export function fieldsOf(network: Network, rows: Rows | null, dataset: Dataset | null): FeatureField[] {
  if (speaksNames(network)) {
    return inputColumns(network).map((column) =>
      fieldOfColumn(
        column,
        dataset?.columns.find(({ name }) => name === column.name),
      ),
    );
  }
  const names = network.features ?? Array.from({ length: network.inputs }, (_, index) => `x${index + 1}`);
  return names.map((name, index) => {
    const values = rows?.inputs.map((row) => row[index] ?? 0) ?? [];
    const [low, high] = values.length > 1 ? [Math.min(...values), Math.max(...values)] : [null, null];
    return { name, type: "number", categories: [], low, high, start: rows?.inputs[0]?.[index] ?? 0 };
  });
}

const DIGITS = 6;
const DAY = "2000-01-01".length;
const MINUTE = "2000-01-01T00:00".length;

/** Begins with what is usual: the median, the word that is there most often, or the latest time. */
function fieldOfColumn({ name, type, categories }: TableColumn, column: Column | undefined): FeatureField {
  const profile = column?.profile;
  const isDay = column?.read_as?.precision === "day";
  const isNumber = type === "number";
  const low = isNumber && typeof profile?.min === "number" ? profile.min : null;
  const high = isNumber && typeof profile?.max === "number" ? profile.max : null;
  const most = profile?.top?.[0]?.value;
  const start = {
    number: Number((profile?.quantiles?.["50"] ?? 0).toPrecision(DIGITS)),
    boolean: most === true,
    category: typeof most === "string" ? most : (categories[0] ?? null),
    time: String(profile?.max ?? new Date().toISOString()).slice(0, isDay ? DAY : MINUTE),
  }[type];
  return { name, type, categories, low, high, isDay, start };
}

/** A row as the service takes it: a list of numbers, or cells by name without those that are missing. */
export function rowOf(network: Network, fields: FeatureField[], values: Record<string, Cell>): unknown {
  if (!speaksNames(network)) return fields.map((field) => values[field.name] ?? null);
  return Object.fromEntries(
    fields.flatMap(({ name }) => (values[name] === null || values[name] === undefined ? [] : [[name, values[name]]])),
  );
}
