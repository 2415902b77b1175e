import { useMemo } from "preact/hooks";
import { getNetwork, getWeights } from "../api/networks";
import { speaksNames } from "../api/table";
import { inputNamesOf } from "../inside/model";
import { useRows } from "../inside/useRows";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { NetworkTabs } from "../shell/NetworkTabs";
import "../texts/inside";
import { t } from "../texts/texts";
import { StepThrough } from "./StepThrough";
import { ofNetwork } from "./source";

const MOST_ROWS = 50;

/** A step of a stored network, from the weights of one of its snapshots. Nothing is trained by it. */
export function NetworkStep({ name, snapshot }: { name: string; snapshot: string }) {
  const network = useLoaded(name, (signal) => getNetwork(name, signal));
  const weights = useLoaded(`${name}:${snapshot}`, (signal) => getWeights(name, snapshot, signal));
  const rows = useRows(network.value, null, snapshot);
  const source = useMemo(() => {
    if (!network.value || !weights.value || rows === undefined) return null;
    return ofNetwork(
      network.value,
      weights.value,
      (rows?.rows ?? []).slice(0, MOST_ROWS),
      rows?.names ?? inputNamesOf(network.value),
    );
  }, [network.value, weights.value, rows]);
  const trouble = [network, weights].find(({ problem }) => problem);
  const isOfBatch = JSON.stringify(network.value?.layers ?? []).match(/batch_norm|dropout/);
  return (
    <>
      <NetworkTabs network={name} here="step" />
      <div class="stack">
        <h1>{t("step.question")}</h1>
        <p class="quiet">{t("step.network.intro")}</p>
        {network.value && speaksNames(network.value) && <p class="small quiet">{t("inside.row.prepared")}</p>}
        {network.value && network.value.members > 1 && (
          <p class="note small">{t("inside.member.first", { count: network.value.members })}</p>
        )}
        {isOfBatch && <p class="note small">{t("step.batch_norm")}</p>}
        {source ? (
          <StepThrough key={source.key} source={source} />
        ) : trouble?.problem ? (
          <ProblemNote problem={trouble.problem} retry={trouble.again} />
        ) : (
          <p class="quiet">{t("loading")}</p>
        )}
      </div>
    </>
  );
}
