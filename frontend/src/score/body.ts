/** What is asked of `POST /predictions`, from what is chosen in the form. */
import type { Column, Dataset } from "../api/datasets";
import { inputColumns, speaksNames } from "../api/table";
import type { Network } from "../api/types";

export interface Chosen {
  network: string;
  snapshot: string;
  dataset: string;
  name: string;
  /** Null leaves it to the service, which takes ids and row numbers. */
  columns: string[] | null;
  /** For a network of plain numbers whose features are called otherwise: a column for each input. */
  inputs: string[] | null;
  probabilities: boolean;
}

/** Without what is the service's own choice. */
export const bodyOf = ({ network, snapshot, dataset, name, columns, inputs, probabilities }: Chosen) => ({
  network,
  dataset,
  ...(snapshot !== "live" && { snapshot }),
  ...(name.trim() !== "" && { name: name.trim() }),
  ...(columns && { columns }),
  ...(inputs && { inputs }),
  ...(!probabilities && { probabilities: false }),
});

/** Which columns the network reads by itself; null where somebody has to say it. */
export function columnsReadBy(network: Network, dataset: Dataset): string[] | null {
  if (speaksNames(network)) return inputColumns(network).map(({ name }) => name);
  const names = dataset.columns.map(({ name }) => name);
  const features = network.features ?? [];
  return features.length > 0 && features.every((feature) => names.includes(feature)) ? features : null;
}

/** Numbers in the order of the table, one for each input: where to begin. */
export const firstInputs = (network: Network, columns: readonly Column[]): string[] =>
  columns
    .filter(({ type }) => type === "number")
    .map(({ name }) => name)
    .slice(0, network.inputs);
