import type { Snapshot } from "../api/types";
import { Field } from "../forms/Field";
import { short, whole } from "../parts/format";
import { t } from "../texts/texts";

interface Props {
  snapshots: Snapshot[];
  chosen: string;
  choose: (snapshot: string) => void;
}

/** Whose answer it is: the newest weights, or those of any moment that was kept. */
export function SnapshotChoice({ snapshots, chosen, choose }: Props) {
  return (
    <Field label={t("predict.snapshot")}>
      {(described) => (
        <select {...described} class="narrow" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="latest">{t("train.start.latest")}</option>
          {snapshots.some(({ kind }) => kind === "best") && <option value="best">{t("predict.snapshot.best")}</option>}
          <option value="initial">{t("train.start.initial")}</option>
          {snapshots
            .filter(({ kind }) => kind !== "initial")
            .map(({ id, epoch, kind, loss, alias }) => (
              <option value={id}>
                {alias ?? t(`kind.${kind}`)}, {t("predict.snapshot.epoch", { epoch: whole(epoch) })}
                {loss !== null && ` (${t("home.loss")} ${short(loss)})`}
              </option>
            ))}
        </select>
      )}
    </Field>
  );
}
