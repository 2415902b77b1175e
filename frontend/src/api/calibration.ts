import { getSnapshot } from "./networks";
import { Problem } from "./problem";
import { path, request } from "./request";
import type { Calibration } from "./types";

/** Only what a training ended with has it, and what was imported with it. */
const KEPT_BY = ["last", "best", "imported"];

/** What the validation rows say of some weights; null where they were trained without any. */
export async function calibrationOf(
  network: string,
  snapshot: string,
  signal?: AbortSignal,
): Promise<Calibration | null> {
  const { kind, val_loss } = await getSnapshot(network, snapshot, signal);
  if (!KEPT_BY.includes(kind) || (val_loss === null && kind !== "imported")) return null;
  try {
    return await request<Calibration>("GET", path`/networks/${network}/calibration`, { query: { snapshot }, signal });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
