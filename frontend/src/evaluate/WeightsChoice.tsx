import { Field } from "../forms/Field";
import { ago, short, whole } from "../parts/format";
import { t } from "../texts/texts";
import { VersionOptions } from "../versions/VersionOptions";
import type { Candidates } from "./weights";

interface Props {
  candidates: Candidates;
  chosen: string;
  choose: (weights: string) => void;
}

/** What is live first, then every version, then what each training ended with. */
export function WeightsChoice({ candidates: { live, versions, jobs }, chosen, choose }: Props) {
  const isListed =
    chosen === "live" ||
    versions.some(({ version }) => String(version) === chosen) ||
    jobs.some(({ id }) => id === chosen);
  return (
    <Field label={t("evaluate.weights")}>
      {(described) => (
        <select {...described} class="narrow" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="live">
            {live.version === null ? t("weights.live") : t("weights.live.version", { version: live.version })}
          </option>
          {versions.length > 0 && (
            <optgroup label={t("versions.title")}>
              <VersionOptions versions={versions} />
            </optgroup>
          )}
          {jobs.length > 0 && (
            <optgroup label={t("evaluate.weights.jobs")}>
              {jobs.map(({ id, epoch, created_at, monitored, best_value }) => (
                <option value={id}>
                  {ago(created_at)}, {t("predict.snapshot.epoch", { epoch: whole(epoch) })}
                  {best_value !== null && `, ${monitored} ${short(best_value)}`}
                </option>
              ))}
            </optgroup>
          )}
          {!isListed && <option value={chosen}>{chosen}</option>}
        </select>
      )}
    </Field>
  );
}
