/** Rows to look at a network with: those of a job, or of the job behind the weights that are shown; null where there are none. */
import { useEffect, useState } from "preact/hooks";
import { getJob, getJobRows } from "../api/jobs";
import { jobBehind, listSnapshots } from "../api/networks";
import { Problem } from "../api/problem";
import { speaksNames } from "../api/table";
import type { Network } from "../api/types";

export interface NetworkRow {
  inputs: number[];
  targets: number[];
  part: "training" | "validation";
}

export interface NetworkRows {
  job: string;
  rows: NetworkRow[];
  /** Of the inputs, where they have names. */
  names: readonly string[];
}

/** Undefined while they are looked for. */
export function useRows(
  network: Network | null,
  job: string | null,
  snapshot = "latest",
  /** Another one asks again: what is not known yet may be known by then. */
  round = 0,
): NetworkRows | null | undefined {
  const key = network ? `${network.id}:${job ?? snapshot}:${round}` : null;
  const [found, setFound] = useState<{ key: string; rows: NetworkRows | null } | null>(null);
  useEffect(() => {
    if (!network || key === null) return;
    let isStopped = false;
    lookedFor(network, job, snapshot).then((rows) => {
      if (!isStopped) setFound({ key, rows });
    });
    return () => {
      isStopped = true;
    };
  }, [key]);
  return found && found.key === key ? found.rows : undefined;
}

async function lookedFor(network: Network, job: string | null, snapshot: string): Promise<NetworkRows | null> {
  try {
    const id = job ?? (await jobBehind(network.name, snapshot));
    if (!id || (job && !(await areKnown(network, job)))) return null;
    const { data, input_names } = await getJobRows(id);
    return { job: id, rows: data as NetworkRow[], names: input_names ?? [] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return null;
  }
}

/** Those of a table are known once the job has weights: what is done to each column is kept with them. */
async function areKnown(network: Network, job: string): Promise<boolean> {
  const isOfTable = speaksNames(network) || Boolean(((await getJob(job)).options as { dataset?: unknown }).dataset);
  return !isOfTable || (await listSnapshots(network.name, { job, limit: 1 })).data.length > 0;
}
