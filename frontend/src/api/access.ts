/** Sessions of browsers, and API keys. */
import { all, path, request, SESSION } from "./request";
import type { BrowserSession, Caller, Key, NewKey, Scope } from "./types";

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
