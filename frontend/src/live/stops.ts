/** Where one can stop on the way of a training: at its snapshots, and at the frames that were seen. */
import type { Frame } from "../api/frames";
import type { Snapshot } from "../api/types";

export interface Stop {
  epoch: number;
  loss: number | null;
  snapshot: Snapshot | null;
  frame: Frame | null;
}

/** Each epoch once, in order. */
export function stopsOf(snapshots: readonly Snapshot[], frames: readonly Frame[]): Stop[] {
  const found = new Map<number, Stop>();
  for (const snapshot of snapshots)
    found.set(snapshot.epoch, { epoch: snapshot.epoch, loss: snapshot.loss, snapshot, frame: null });
  for (const frame of frames) {
    const { epoch } = frame;
    const known = found.get(epoch);
    found.set(epoch, { epoch, loss: known?.loss ?? frame.loss, snapshot: known?.snapshot ?? null, frame });
  }
  return [...found.values()].sort((a, b) => a.epoch - b.epoch);
}

/** The stop of an epoch, or the last one before it; without one, the newest. */
export function placeOf(stops: readonly Stop[], epoch: string | undefined): number {
  const wanted = epoch === undefined ? Number.NaN : Number(epoch);
  if (!Number.isFinite(wanted)) return stops.length - 1;
  return Math.max(
    0,
    stops.findLastIndex((stop) => stop.epoch <= wanted),
  );
}

/** As the address has it: nothing for the newest stop. */
export const epochAt = (stops: readonly Stop[], at: number): number | null =>
  at >= stops.length - 1 ? null : (stops[at]?.epoch ?? null);
