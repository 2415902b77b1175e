import { listSnapshots } from "../api/networks";
import type { Network } from "../api/types";
import { Field } from "../forms/Field";
import { helpOf, labelOf } from "../forms/words";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";
import type { OptionProps } from "./options";

const MOST = 200;

/** The weights to go on from: the newest, the first, or any snapshot, which forks the network's history there. */
export function StartFrom({ options, set, problem, network }: OptionProps & { network: Network }) {
  const snapshots =
    useLoaded(`snapshots ${network.id}`, () => listSnapshots(network.name, { limit: MOST })).value?.data ?? [];
  const chosen = String(options.start_from ?? "latest");
  const isListed = ["latest", "initial"].includes(chosen) || snapshots.some((snapshot) => snapshot.id === chosen);
  return (
    <Field label={labelOf("start_from")} help={helpOf("start_from", {})} faults={problem?.at("#/start_from")}>
      {(described) => (
        <select
          {...described}
          value={chosen}
          onChange={(event) =>
            set("start_from", event.currentTarget.value === "latest" ? undefined : event.currentTarget.value)
          }
        >
          <option value="latest">{t("train.start.latest")}</option>
          <option value="initial">{t("train.start.initial")}</option>
          {!isListed && <option value={chosen}>{t("train.start.other", { id: chosen })}</option>}
          {snapshots
            .filter((snapshot) => snapshot.kind !== "initial")
            .map(({ id, epoch, job, kind, alias }) => (
              <option value={id}>
                {t("train.start.snapshot", { epoch, job: alias ?? job?.slice(0, 12) ?? "", kind: t(`kind.${kind}`) })}
              </option>
            ))}
        </select>
      )}
    </Field>
  );
}
