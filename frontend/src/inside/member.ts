/** An ensemble as one of its members sees it: the member's own layers, and of each row the inputs that it reads. */
import type { Network } from "../api/types";
import { type LayerSpec, specsOf } from "./model";

interface Recipe {
  count?: number;
  inputs?: readonly number[] | null;
  layers?: unknown;
  loss?: unknown;
}

type Shown = Pick<Network, "inputs" | "layers" | "loss" | "recipes">;

export interface Member<N, R> {
  network: N;
  rows: readonly R[];
  names: readonly string[];
}

/** The members of an ensemble count from 0; another network has no recipes, and is seen as it is. */
export function memberOf<N extends Shown, R extends { inputs: number[] }>(
  network: N,
  rows: readonly R[],
  names: readonly string[],
  at = 0,
): Member<N, R> {
  const recipes = (network.recipes ?? []) as Recipe[];
  const recipe = recipes.flatMap((each) => Array<Recipe>(each.count ?? 1).fill(each))[at];
  if (!recipe) return { network, rows, names };
  const read = recipe.inputs ?? null;
  const own = { ...network, layers: recipe.layers ?? network.layers, loss: recipe.loss ?? network.loss } as N;
  if (!read) return { network: own, rows, names };
  const of = <T>(all: readonly T[]) => read.map((index) => all[index]!);
  return {
    network: { ...own, inputs: read.length, layers: specsOf(own).map((layer) => moved(layer, read)) as N["layers"] },
    rows: rows.map((row) => ({ ...row, inputs: of(row.inputs) })),
    names: names.length ? of(names) : names,
  };
}

/** An embedding counts its columns among the inputs that are read. */
function moved(layer: LayerSpec | string, read: readonly number[]): LayerSpec | string {
  if (typeof layer === "string" || !layer.columns) return layer;
  return { ...layer, columns: layer.columns.map((column) => ({ ...column, index: read.indexOf(column.index) })) };
}
