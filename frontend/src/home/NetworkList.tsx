import { useEffect, useState } from "preact/hooks";
import { isOver } from "../api/jobs";
import type { Job, Network } from "../api/types";
import { t } from "../texts/texts";
import { losses } from "./liveJobs";
import { NetworkRow } from "./NetworkRow";

/** Losses of jobs that are over never change, so they are asked for once. */
const known = new Map<string, (number | null)[]>();

interface Props {
  networks: Network[];
  newest: Map<string, Job>;
}

export function NetworkList({ networks, newest }: Props) {
  const [, redraw] = useState(0);
  const over = networks.flatMap((network) => newest.get(network.id) ?? []).filter((job) => isOver(job.status));
  const missing = over.map((job) => job.id).filter((job) => !known.has(job));
  useEffect(() => {
    if (missing.length === 0) return;
    losses(missing).then(
      (found) => {
        for (const each of found) known.set(each.job, each.losses);
        redraw((n) => n + 1);
      },
      () => undefined,
    );
  }, [missing.join()]);
  return (
    <ul class="networks" aria-label={t("home.networks.table")}>
      {networks.map((network) => {
        const job = newest.get(network.id);
        return <NetworkRow key={network.id} network={network} job={job} losses={(job && known.get(job.id)) ?? []} />;
      })}
    </ul>
  );
}
