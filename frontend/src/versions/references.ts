/** Weights that can be compared, by what the API calls them. */
import type { Snapshot, Version } from "../api/types";

/** The two newest versions; where there are not as many, the first weights and the newest ones. */
export function usualPair(versions: readonly Version[]): { from: string; to: string } {
  const [newest, before] = versions;
  if (newest && before) return { from: String(before.version), to: String(newest.version) };
  return { from: "initial", to: "latest" };
}

/** Those that no version is of, without the first weights, which have a word of their own. */
export const unpublished = (snapshots: readonly Snapshot[]): Snapshot[] =>
  snapshots.filter(({ kind }) => kind !== "initial");
