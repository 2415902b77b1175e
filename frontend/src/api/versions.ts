import { ask, path, reached, request, withQuery } from "./request";
import type { Alias, AliasMove, Diff, Live, Page, Version } from "./types";

/** The alias that predictions come from. */
export const PRODUCTION = "production";

export const getLive = (network: string, signal?: AbortSignal) =>
  request<Live>("GET", path`/networks/${network}/live`, { signal });

export const listVersions = (network: string, signal?: AbortSignal) =>
  request<Page<Version>>("GET", path`/networks/${network}/versions`, { query: { limit: 100 }, signal });

export const publish = (network: string, snapshot: string, note: string) =>
  request<Version>("POST", path`/networks/${network}/versions`, { json: { snapshot, note } });

export const diffOf = (network: string, from: string, to: string, signal?: AbortSignal) =>
  request<Diff>("GET", path`/networks/${network}/diff`, { query: { from, to }, signal });

/** The newest first. */
export async function listMoves(network: string, alias: string, signal?: AbortSignal): Promise<AliasMove[]> {
  const answer = await request<Page<AliasMove>>("GET", path`/networks/${network}/aliases/${alias}/moves`, {
    query: { limit: 100 },
    signal,
  });
  return answer.data;
}

/** `seen` is the alias as the reader sees it: if somebody has moved it since, nothing changes (412). */
export const moveAlias = (network: string, alias: string, version: number, seen: number | null) =>
  request<Alias>("PUT", path`/networks/${network}/aliases/${alias}`, { json: { version }, headers: ifSeen(seen) });

export const rollBack = (network: string, alias: string, seen: number | null) =>
  ask("POST", path`/networks/${network}/aliases/${alias}/rollback`, { headers: ifSeen(seen) });

const ifSeen = (move: number | null): Record<string, string> => (move === null ? {} : { "If-Match": `"${move}"` });

/** Where a file with the weights of a version or snapshot is, and its bytes. */
export interface FileOfWeights {
  list: "export" | "weights";
  query: Record<string, string>;
}

export const addressOfFile = (network: string, { list, query }: FileOfWeights): string =>
  withQuery(path`/networks/${network}/` + list, query);

export const readFile = async (network: string, { list, query }: FileOfWeights): Promise<Blob> =>
  reached((await ask("GET", path`/networks/${network}/` + list, { query, headers: { Accept: "*/*" } })).blob());
