import { path, request } from "./request";
import type { CreatedNetwork, DryRun, ExplainBody, Explanation, Network, Page, Snapshot, Weights } from "./types";

export const listNetworks = (limit = 100, after?: string) =>
  request<Page<Network>>("GET", "/networks", { query: { limit, after } });

export const getNetwork = (network: string, signal?: AbortSignal) =>
  request<Network>("GET", path`/networks/${network}`, { signal });

export const createNetwork = (body: unknown) => request<CreatedNetwork>("POST", "/networks", { json: body });

export const dryRun = (body: unknown, signal?: AbortSignal) =>
  request<DryRun>("POST", "/networks", { query: { dry_run: true }, json: body, signal });

export const deleteNetwork = (network: string) => request<void>("DELETE", path`/networks/${network}`);

export const listSnapshots = (
  network: string,
  query: { job?: string; limit?: number; after?: string } = {},
  signal?: AbortSignal,
) => request<Page<Snapshot>>("GET", path`/networks/${network}/snapshots`, { query, signal });

export const getSnapshot = (network: string, snapshot: string, signal?: AbortSignal) =>
  request<Snapshot>("GET", path`/networks/${network}/snapshots/${snapshot}`, { signal });

/** The job that made the weights; of weights that no job made, the newest one that made any. */
export async function jobBehind(network: string, snapshot = "latest"): Promise<string | null> {
  const { job } = await getSnapshot(network, snapshot);
  return job ?? (await listSnapshots(network, { limit: 100 })).data.find((each) => each.job)?.job ?? null;
}

export const getWeights = (network: string, snapshot = "latest", signal?: AbortSignal) =>
  request<Weights>("GET", path`/networks/${network}/weights`, { query: { snapshot, format: "json" }, signal });

/** As a new snapshot; predictions answer from it unless an alias decides otherwise. */
export const importWeights = (network: string, body: unknown) =>
  request<Snapshot>("POST", path`/networks/${network}/snapshots`, { json: body });

export const explain = (network: string, body: ExplainBody, signal?: AbortSignal) =>
  request<Explanation>("POST", path`/networks/${network}/explain`, { json: body, signal });

/** The same of a network that need not be stored: its spec, and its weights if they are not those it starts with. */
export const explainSpec = (body: unknown, signal?: AbortSignal) =>
  request<Omit<Explanation, "snapshot">>("POST", "/explain", { json: body, signal });
