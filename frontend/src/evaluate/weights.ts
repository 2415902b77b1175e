/** Which weights are evaluated: what is live, a version, or what a training ended with; all by a reference of the API. */
import { listJobs } from "../api/jobs";
import { getNetwork } from "../api/networks";
import type { Job, Live, Network, Version } from "../api/types";
import { getLive, listVersions } from "../api/versions";
import { nameOf } from "../forms/named";

const MOST_JOBS = 50;

export interface Candidates {
  network: Network;
  live: Live;
  versions: Version[];
  /** Those that have ended with weights, newest first. */
  jobs: Job[];
}

export async function candidatesOf(name: string, signal?: AbortSignal): Promise<Candidates> {
  const [network, live, versions, jobs] = await Promise.all([
    getNetwork(name, signal),
    getLive(name, signal),
    listVersions(name, signal),
    listJobs({ network: name, limit: MOST_JOBS }),
  ]);
  return { network, live, versions: versions.data, jobs: jobs.data.filter(({ epoch }) => epoch > 0) };
}

/** The training that they come from, if one does. */
export function jobOf({ live, versions }: Candidates, chosen: string): string | null {
  if (chosen.startsWith("job_")) return chosen;
  if (chosen === "live") return live.snapshot.job;
  return versions.find(({ version }) => String(version) === chosen)?.job ?? null;
}

/** What of it goes into a request. */
export const bodyOfWeights = (network: Network, chosen: string): Record<string, string> =>
  chosen.startsWith("job_") ? { job: chosen } : { network: network.name, snapshot: chosen };

/** Those that tell something of this network's answers. */
export function metricsOf(network: Network): string[] {
  const loss = nameOf(network.loss) ?? "";
  if (network.labels || loss === "cross_entropy") return ["accuracy", "f1"];
  return loss === "binary_cross_entropy" || loss === "hinge" ? ["accuracy"] : ["mae", "rmse", "r2"];
}
