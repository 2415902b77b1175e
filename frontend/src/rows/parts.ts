/** The parts that a training has divided its rows into. */
import { getJobRows } from "../api/jobs";
import { getSnapshot } from "../api/networks";
import { Problem } from "../api/problem";
import type { Network } from "../api/types";

export type PartName = "test" | "validation" | "training";

export interface Part {
  name: PartName;
  rows: number;
}

/** The part that is judged on unless another one is chosen: rows that no training saw, or that this one did not learn from. */
export const heldOut = (parts: readonly Part[]): Part | null => parts.find(({ name }) => name !== "training") ?? null;

/** Held-out rows first. None of weights that no training made; null where its rows are not to be had. */
export async function partsOf(network: Network, weights: string): Promise<{ parts: Part[]; problem: Problem | null }> {
  try {
    const { job } = await getSnapshot(network.name, weights);
    if (!job) return { parts: [], problem: null };
    const { rows, validation_rows, test_rows } = await getJobRows(job, 1);
    const all: Part[] = [
      { name: "test", rows: test_rows },
      { name: "validation", rows: validation_rows },
      { name: "training", rows },
    ];
    return { parts: all.filter((part) => part.rows > 0), problem: null };
  } catch (error) {
    if (!(error instanceof Problem) || error.isUnreachable) throw error;
    return { parts: [], problem: error };
  }
}
