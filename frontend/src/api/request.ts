/** One request to the service: JSON in, JSON out; everything that goes wrong is thrown as a `Problem`. */
import { below } from "./base";
import { signInNeeded } from "./caller";
import { lost } from "./connection";
import { problemOf, unreachable } from "./problem";
import type { Page } from "./types";

/** Where browsers sign in: a 401 from there is about the key in the request. */
export const SESSION = "/session";

type Value = string | number | boolean | null | undefined;

export interface Asked {
  /** A list stands for a name given several times. */
  query?: Record<string, Value | readonly Value[]>;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The answer itself, for whom its status tells something. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
  const answer = await send(method, path, asked);
  if (answer.status === 401 && !(path === SESSION && method === "POST")) {
    await signInNeeded();
    return ask(method, path, asked);
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export async function request<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(method, path, asked);
  if (answer.status === 204) return undefined as T;
  return reached<T>(answer.json(), asked.signal);
}

export async function requestText(path: string, asked: Asked = {}): Promise<string> {
  return reached((await ask("GET", path, asked)).text(), asked.signal);
}

async function send(method: string, path: string, asked: Asked): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...asked.headers };
  if (asked.json !== undefined) headers["Content-Type"] = "application/json";
  const body = asked.json !== undefined ? JSON.stringify(asked.json) : asked.body;
  return reached(fetch(withQuery(path, asked.query), { method, headers, body, signal: asked.signal }), asked.signal);
}

/** A connection may break before the answer, and also in the midst of its body. */
export async function reached<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (signal?.aborted) throw error;
    lost();
    throw unreachable();
  }
}

export function withQuery(path: string, query: Asked["query"] = {}): string {
  const pairs = Object.entries(query).flatMap(([key, values]) => [values].flat().map((value) => [key, value] as const));
  const given = pairs.filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text ? `${below(path)}?${text}` : below(path);
}

/** Every item of a list, page by page. */
export async function all<T extends { id: string }>(list: string, signal?: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  for (;;) {
    const page = await request<Page<T>>("GET", list, { query: { limit: 100, after: found.at(-1)?.id }, signal });
    found.push(...page.data);
    if (!page.has_more) return found;
  }
}

/** A path with its parts escaped: path`/networks/${name}/weights`. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((whole, part, index) => whole + encodeURIComponent(values[index - 1] ?? "") + part);
}
