import { useState } from "preact/hooks";
import { may } from "../api/caller";
import { type Dataset, getDataset } from "../api/datasets";
import { listJobs } from "../api/jobs";
import { getNetwork, listSnapshots } from "../api/networks";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";
import { getLive } from "../api/versions";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import { rowsOf } from "../rows/rows";
import { NetworkTabs } from "../shell/NetworkTabs";
import { type PageProps, setQuery, to, withParams } from "../shell/router";
import "../texts/predict";
import { t } from "../texts/texts";
import { PredictForm } from "./PredictForm";
import { SnapshotChoice } from "./SnapshotChoice";

/** Ask a network about one row, while typing; evaluate it on many. */
export function PredictPage({ params, query }: PageProps) {
  const name = params.network ?? "";
  const { value, problem, again } = useLoaded(`predict ${name}`, async (signal) => {
    const network = await getNetwork(name, signal);
    const [rows, snapshots, live, dataset] = await Promise.all([
      rowsOf(network),
      listSnapshots(network.name, { limit: 200 }),
      getLive(network.name, signal),
      datasetOf(network),
    ]);
    return { network, rows, dataset, live, snapshots: snapshots.data };
  });
  const [snapshot, setSnapshot] = useState(query.snapshot ?? "live");
  const choose = (chosen: string) => {
    setSnapshot(chosen);
    setQuery({ snapshot: chosen === "live" ? null : chosen });
  };
  return (
    <>
      <NetworkTabs network={name} here="predict" />
      <h1 class="visually-hidden">{t("network.predict")}</h1>
      {problem && <ProblemNote problem={problem} retry={again} />}
      {!value && !problem && <p class="quiet">{t("loading")}</p>}
      {value && (
        <div class="stack-wide">
          <SnapshotChoice snapshots={value.snapshots} live={value.live} chosen={snapshot} choose={choose} />
          {value.snapshots.length > 0 && value.snapshots.every(({ kind }) => kind === "initial") && (
            <p class="note">
              {t("predict.untrained")}{" "}
              {may("train") && <a href={to("/networks", name, "train")}>{t("network.train")}</a>}
            </p>
          )}
          <PredictForm network={value.network} rows={value.rows} dataset={value.dataset} snapshot={snapshot} />
          <p>
            <a href={withParams(to("/networks", name, "evaluate"), { weights: snapshot === "live" ? null : snapshot })}>
              {t("predict.evaluate")}
            </a>
          </p>
        </div>
      )}
    </>
  );
}

/** The data set it was proposed for or trained on, whose profile says what is usual; null where that is gone. */
async function datasetOf(network: Network): Promise<Dataset | null> {
  if (!speaksNames(network)) return null;
  const job = network.tags.dataset ? null : (await listJobs({ network: network.id, limit: 1 })).data[0];
  const { dataset } = (job?.options ?? {}) as { dataset?: { id: string } | null };
  const known = network.tags.dataset ?? dataset?.id;
  return known ? getDataset(known).catch(() => null) : null;
}
