/** The log of a network's answers, how good they were, and whether rows differ from those of the training. */
import { path, request } from "./request";
import type { AnswerLogBody, Drift, Monitoring, Network, NetworkEvent, Page } from "./types";

const DAY_SECONDS = 86_400;

/** By snapshot, and by snapshot and day. */
export const getMonitoring = (network: string, signal?: AbortSignal) =>
  request<Monitoring>("GET", path`/networks/${network}/monitoring`, { query: { every: DAY_SECONDS }, signal });

export const getDrift = (network: string, signal?: AbortSignal) =>
  request<Drift>("GET", path`/networks/${network}/drift`, { signal });

/** Null keeps no further answers; those that are kept stay. */
export const setAnswerLog = (network: string, answer_log: Partial<AnswerLogBody> | null) =>
  request<Network>("PATCH", path`/networks/${network}`, { json: { answer_log } });

/** With the feedback on them. */
export const deleteAnswers = (network: string) => request<void>("DELETE", path`/networks/${network}/answers`);

/** The newest last. */
export const listNetworkEvents = (network: string, signal?: AbortSignal) =>
  request<Page<NetworkEvent>>("GET", path`/networks/${network}/events`, { query: { limit: 1000 }, signal });
