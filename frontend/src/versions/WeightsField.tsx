import type { Snapshot, Version } from "../api/types";
import { Field } from "../forms/Field";
import { t } from "../texts/texts";
import { unpublished } from "./references";
import { snapshotName } from "./snapshotName";
import { VersionOptions } from "./VersionOptions";

interface ChoiceProps {
  label: string;
  versions: Version[];
  snapshots: Snapshot[];
  chosen: string;
  choose: (reference: string) => void;
}

/** Any weights of a network, by what the API calls them. */
export function WeightsField({ label, versions, snapshots, chosen, choose }: ChoiceProps) {
  const words: Record<string, string> = {
    live: t("weights.live"),
    latest: t("train.start.latest"),
    initial: t("train.start.initial"),
  };
  const own = unpublished(snapshots);
  const isListed =
    chosen in words ||
    versions.some(({ version }) => String(version) === chosen) ||
    own.some(({ id }) => id === chosen);
  return (
    <Field label={label}>
      {(described) => (
        <select {...described} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {Object.entries(words).map(([word, text]) => (
            <option value={word}>{text}</option>
          ))}
          <optgroup label={t("versions.title")}>
            <VersionOptions versions={versions} />
          </optgroup>
          <optgroup label={t("diff.snapshots")}>
            {own.map((snapshot) => (
              <option value={snapshot.id}>{snapshotName(snapshot)}</option>
            ))}
          </optgroup>
          {!isListed && <option value={chosen}>{chosen}</option>}
        </select>
      )}
    </Field>
  );
}
