/** Searches whose trials another search can begin with. */

import { isObject } from "../api/options";
import type { Problem } from "../api/problem";
import type { Search } from "../api/searches";

/** What says how good parameters are. */
const JUDGED = ["succeeded", "pruned", "diverged"] as const;

export const judgedOf = ({ counts }: Pick<Search, "counts">): number =>
  JUDGED.reduce((sum, status) => sum + counts[status], 0);

/** The columns that it predicts; empty where its rows are plain numbers. */
export const targetOf = ({ network }: Pick<Search, "network">): string =>
  [network.target]
    .flat()
    .map((column) => (isObject(column) ? String(column.name) : typeof column === "string" ? column : ""))
    .filter(Boolean)
    .join(", ");

/** Those of the same target with ended trials, whatever data set or revision they are of. */
export const teachersOf = (searches: readonly Search[], target: string): Search[] =>
  searches.filter((search) => targetOf(search) === target && judgedOf(search) > 0);

/** What is wrong with `warm_start` of a request that named `sent`, each fault with the search that it is about. */
export function warmFaults(problem: Problem | null, sent: readonly string[]): string[] {
  if (!problem) return [];
  const named = sent.flatMap((name, at) => problem.at(`#/warm_start/${at}`).map((detail) => `${name}: ${detail}`));
  const all = problem.faults.filter(({ pointer }) => pointer === "#/warm_start").map(({ detail }) => detail);
  return [...all, ...named];
}
