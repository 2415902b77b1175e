import type { Live, Snapshot } from "../api/types";
import { Field } from "../forms/Field";
import { ago, short, whole } from "../parts/format";
import { to } from "../shell/router";
import "../texts/train";
import { t } from "../texts/texts";
import { JobFindings } from "../watch/JobFindings";

interface Props {
  snapshots: Snapshot[];
  live: Live;
  chosen: string;
  choose: (snapshot: string) => void;
}

/** Whose answer it is: the live weights, the newest, or those of any moment that was kept. */
export function SnapshotChoice({ snapshots, live, chosen, choose }: Props) {
  const used = chosen === "live" ? live.snapshot : snapshotOf(snapshots, chosen);
  return (
    <div class="stack-tight">
      <Field label={t("predict.snapshot")}>
        {(described) => (
          <select {...described} class="narrow" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="live">
              {live.version === null ? t("weights.live") : t("weights.live.version", { version: live.version })}
            </option>
            <option value="latest">{t("train.start.latest")}</option>
            {snapshots.some(({ kind }) => kind === "best") && (
              <option value="best">{t("predict.snapshot.best")}</option>
            )}
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
      {used?.job && (
        <p class="small quiet">
          {t("predict.snapshot.of", {
            epoch: whole(used.epoch),
            ago: ago(used.created_at),
            loss: short(used.val_loss ?? used.loss),
            name: used.val_loss === null ? "loss" : "val_loss",
          })}{" "}
          <a href={to("/jobs", used.job)}>{t("predict.snapshot.job")}</a>
        </p>
      )}
      {used?.job && <JobFindings job={used.job} />}
    </div>
  );
}

/** Lists are newest first. `best` is that of the newest training. */
function snapshotOf(snapshots: Snapshot[], chosen: string): Snapshot | undefined {
  if (chosen === "latest") return snapshots[0];
  return snapshots.find(({ id, kind }) =>
    chosen === "best" || chosen === "initial" ? kind === chosen : id === chosen,
  );
}
