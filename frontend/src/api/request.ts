/** One request to the service: JSON in, JSON out; everything that goes wrong is thrown as a `Problem`. */
import { lost } from "./connection";
import { problemOf, unreachable } from "./problem";

export interface Asked {
  query?: Record<string, string | number | boolean | null | undefined>;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The answer itself, for whom its status tells something. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
  const answer = await send(method, path, asked);
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export async function request<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(method, path, asked);
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

export async function requestText(path: string, asked: Asked = {}): Promise<string> {
  return (await ask("GET", path, asked)).text();
}

async function send(method: string, path: string, asked: Asked): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...asked.headers };
  if (asked.json !== undefined) headers["Content-Type"] = "application/json";
  const body = asked.json !== undefined ? JSON.stringify(asked.json) : asked.body;
  try {
    return await fetch(withQuery(path, asked.query), { method, headers, body, signal: asked.signal });
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    lost();
    throw unreachable();
  }
}

export function withQuery(path: string, query: Asked["query"] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** A path with its parts escaped: path`/networks/${name}/weights`. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((whole, part, index) => whole + encodeURIComponent(values[index - 1] ?? "") + part);
}
