import { useState } from "preact/hooks";
import type { Snapshot, Version } from "../api/types";
import { diffOf } from "../api/versions";
import { Field } from "../forms/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { DiffView } from "./DiffView";
import { unpublished, usualPair } from "./references";
import { snapshotName } from "./snapshotName";
import { VersionOptions } from "./VersionOptions";

interface Props {
  network: string;
  versions: Version[];
  snapshots: Snapshot[];
  query: Record<string, string>;
}

/** Two versions or snapshots, and how they differ. The address says which. */
export function DiffForm({ network, versions, snapshots, query }: Props) {
  const usual = usualPair(versions);
  const [from, setFrom] = useState(query.from ?? usual.from);
  const [to, setTo] = useState(query.to ?? usual.to);
  const asked = query.from && query.to ? { from: query.from, to: query.to } : null;
  const key = asked && JSON.stringify(["diff", network, asked]);
  const { value, problem, again } = useLoaded(key, (signal) =>
    diffOf(network, asked?.from ?? "", asked?.to ?? "", signal),
  );
  const choices = { versions, snapshots };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setQuery({ from, to });
      }}
    >
      <p class="quiet small">{t("diff.help")}</p>
      <div class="row diff-choice">
        <WeightsField label={t("diff.from")} {...choices} chosen={from} choose={setFrom} />
        <WeightsField label={t("diff.to")} {...choices} chosen={to} choose={setTo} />
        <button type="submit" class="button-main">
          {t("diff.do")}
        </button>
      </div>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {asked && !value && !problem && <p class="quiet">{t("diff.busy")}</p>}
      {value && <DiffView diff={value} />}
    </form>
  );
}

interface ChoiceProps {
  label: string;
  versions: Version[];
  snapshots: Snapshot[];
  chosen: string;
  choose: (reference: string) => void;
}

function WeightsField({ label, versions, snapshots, chosen, choose }: ChoiceProps) {
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
