/** What a proposal does with each column, and why. */
import type { ColumnType, Proposal } from "../api/datasets";
import { isObject } from "../api/options";

export interface ProposedColumn {
  name: string;
  type: ColumnType;
  isTarget: boolean;
  /** Options in the API's words, such as `scale standard`; those that do nothing are left out. */
  options: string[];
  reasons: string[];
}

const SHOWN = ["encode", "scale", "log", "clip", "impute", "indicator", "parts", "size", "bounded"];

/** Of the network as a whole, not of one column. */
const MEMBERS = "members";

/** Why members differ; each reason once. */
export const membersReasons = ({ reasons = [] }: Proposal): string[] =>
  reasons.filter(({ option }) => option === MEMBERS).map(({ reason, columns }) => `${columns.join(", ")}: ${reason}`);

export function proposedColumns({ network, reasons = [] }: Proposal): ProposedColumn[] {
  const reasonsOf = (name: string) =>
    reasons.filter(({ option, columns }) => option !== MEMBERS && columns.includes(name)).map((each) => each.reason);
  const columnsOf = (given: unknown, isTarget: boolean) =>
    [given]
      .flat()
      .filter(isObject)
      .map((column) => ({
        name: String(column.name),
        type: column.type as ColumnType,
        isTarget,
        options: optionsOf(column),
        reasons: reasonsOf(String(column.name)),
      }));
  return [...columnsOf(network.inputs, false), ...columnsOf(network.target, true)];
}

function optionsOf(column: Record<string, unknown>): string[] {
  return SHOWN.flatMap((name) => {
    const value = column[name];
    if (value === null || value === undefined || value === false || value === "none") return [];
    if (value === true) return [name];
    if (isObject(value)) return [`${name} ${rangeOf(value)}`.trim()];
    return [`${name} ${Array.isArray(value) ? value.join(", ") : String(value)}`];
  });
}

/** Of a range what is given. */
const rangeOf = (range: Record<string, unknown>): string =>
  Object.entries(range)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
