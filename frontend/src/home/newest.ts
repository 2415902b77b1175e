/** The newest training of each network, also of those that have not trained for a long time. */
import { isOver, listJobs } from "../api/jobs";
import type { Job, Network } from "../api/types";

const AT_ONCE = 8;
/** Of networks that are in no list of recent jobs: a newer one would be there. */
const known = new Map<string, Job | null>();

/** `recent` come newest first; only networks that have none among them are asked for. */
export async function newestJobs(networks: readonly Network[], recent: readonly Job[]): Promise<Map<string, Job>> {
  const newest = new Map<string, Job>();
  for (const job of recent) if (!newest.has(job.network_id)) newest.set(job.network_id, job);
  const missing = networks.map(({ id }) => id).filter((id) => !newest.has(id));
  const unknown = missing.filter((id) => !known.has(id));
  for (let start = 0; start < unknown.length; start += AT_ONCE)
    await Promise.all(unknown.slice(start, start + AT_ONCE).map(askFor));
  for (const id of missing) {
    const job = known.get(id);
    if (job) newest.set(id, job);
  }
  return newest;
}

async function askFor(network: string): Promise<void> {
  const [job = null] = (await listJobs({ network, limit: 1 })).data;
  if (!job || isOver(job.status)) known.set(network, job);
}
