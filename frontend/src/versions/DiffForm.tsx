import { useState } from "preact/hooks";
import type { Snapshot, Version } from "../api/types";
import { diffOf } from "../api/versions";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { setQuery } from "../shell/router";
import { t } from "../texts/texts";
import { DiffView } from "./DiffView";
import { usualPair } from "./references";
import { WeightsField } from "./WeightsField";

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
