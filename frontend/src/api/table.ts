/** The columns of a network that speaks names, as `table` of a network tells them. */
import type { ColumnType } from "./datasets";
import type { Network } from "./types";

export interface TableColumn {
  name: string;
  type: ColumnType;
  categories: string[];
}

interface Table {
  inputs: (Partial<TableColumn> & { name: string })[];
  target: (Partial<TableColumn> & { name: string }) | (Partial<TableColumn> & { name: string })[];
}

const tableOf = (network: Network): Table | null => (network as { table?: Table | null }).table ?? null;

export const speaksNames = (network: Network): boolean => tableOf(network) !== null;

/** Inputs and targets. */
export const columnsOf = (network: Network): TableColumn[] => [...inputColumns(network), ...targets(network)];

export const inputColumns = (network: Network): TableColumn[] => (tableOf(network)?.inputs ?? []).map(complete);

export const targetColumns = (network: Network): string[] => targets(network).map((column) => column.name);

const targets = (network: Network): TableColumn[] => [tableOf(network)?.target ?? []].flat().map(complete);

const complete = ({
  name,
  type = "number",
  categories = [],
}: Partial<TableColumn> & { name: string }): TableColumn => ({
  name,
  type,
  categories: categories.map(String),
});
