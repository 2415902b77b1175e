import type { Dataset } from "../api/datasets";
import type { Network } from "../api/types";
import { Field } from "../forms/Field";
import "../texts/datasets";
import { t } from "../texts/texts";
import type { Source } from "./source";

interface Props {
  network: Network;
  source: Source;
  onSource: (source: Source) => void;
  info: Dataset;
}

/** For a network of plain numbers: which column to predict. Its inputs are the columns of its features, or the first others. */
export function PlainColumns({ network, source, onSource, info }: Props) {
  const names = info.columns.map((column) => column.name);
  const chosen = source.kind === "dataset" ? (source.columns?.target ?? "") : "";
  function choose(target: string): void {
    const features = network.features ?? [];
    const areCalledAlike = features.length > 0 && features.every((feature) => names.includes(feature));
    const inputs = areCalledAlike ? undefined : names.filter((name) => name !== target).slice(0, network.inputs);
    onSource({ kind: "dataset", dataset: info.name, info, columns: { ...(inputs && { inputs }), target } });
  }
  return (
    <Field label={t("proposal.target")} help={t("proposal.target.help")}>
      {(described) => (
        <select {...described} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">{t("proposal.choose")}</option>
          {names.map((name) => (
            <option value={name}>{name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
