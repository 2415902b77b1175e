/** Sessions of browsers, and API keys. */
import { path, request, SESSION } from "./request";
import type { BrowserSession, Caller, Key, NewKey, Page, Scope } from "./types";

export const getCaller = () => request<Caller>("GET", SESSION);

export const signIn = (by: { key: string } | { token: string }) => request<Caller>("POST", SESSION, { json: by });

export const signOut = () => request<void>("DELETE", SESSION);

export interface KeyBody {
  name: string;
  scopes: Scope[];
  /** Patterns of names; null allows all. */
  networks: string[] | null;
  /** Default: never. */
  expires_in_seconds?: number;
  /** Of its own; those left out are the service's. */
  limits?: Record<string, unknown>;
}

export const allKeys = () => all<Key>("/keys");

export const createKey = (body: KeyBody) => request<NewKey>("POST", "/keys", { json: body });

export const rotateKey = (key: string, overlapSeconds: number) =>
  request<NewKey>("POST", path`/keys/${key}/rotate`, { json: { overlap_seconds: overlapSeconds } });

export const revokeKey = (key: string) => request<void>("DELETE", path`/keys/${key}`);

export const allSessions = () => all<BrowserSession>("/sessions");

export const endSession = (session: string) => request<void>("DELETE", path`/sessions/${session}`);

async function all<T extends { id: string }>(list: string): Promise<T[]> {
  const found: T[] = [];
  for (;;) {
    const page = await request<Page<T>>("GET", list, { query: { limit: 100, after: found.at(-1)?.id } });
    found.push(...page.data);
    if (!page.has_more) return found;
  }
}
