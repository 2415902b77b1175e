import type { Snapshot } from "../api/types";
import { ago, short, whole } from "../parts/format";
import { t } from "../texts/texts";

/** A snapshot as a reader tells it from others: its kind, epoch, loss and age. */
export function snapshotName({ kind, epoch, loss, val_loss, created_at }: Snapshot): string {
  const measured = val_loss ?? loss;
  const figure = measured === null ? "" : `, ${val_loss === null ? "loss" : "val_loss"} ${short(measured)}`;
  return `${t(`kind.${kind}`)}, ${t("predict.snapshot.epoch", { epoch: whole(epoch) })}${figure}, ${ago(created_at)}`;
}
