/**
 * Server-Sent Events of some jobs, each message exactly once: the id of the last one read goes along with every new
 * connection, and the service replays what came after. Not EventSource, which gives up at a 503 and for ever.
 */
import { below } from "./base";
import { signInNeeded } from "./caller";
import { lost } from "./connection";
import { type Problem, problemOf } from "./problem";
import type { Epoch, JobStatus, Progress } from "./types";

export type Message =
  | { kind: "epochs"; job: string; epochs: Epoch[]; progress: Progress }
  | { kind: "end"; statuses: Record<string, JobStatus> }
  | { kind: "event"; name: string; job: string; seq: number; data: Record<string, unknown>; progress: Progress };

export type StreamState = "open" | "away" | "ended";

export interface Listener {
  onMessage(message: Message): void;
  onState?(state: StreamState): void;
  /** The stream cannot be had, and asking again would not help (an unknown job). */
  onProblem?(problem: Problem): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/** Follow until the jobs are over; the answer stops it before. `lastId` goes on from where someone else stopped. */
export function follow(jobs: string[], listener: Listener, lastId?: string): () => void {
  const onRaw = (raw: Raw) => {
    const message = read(raw);
    listener.onMessage(message);
    return message.kind === "end";
  };
  return listen(`/events?jobs=${jobs.map(encodeURIComponent).join(",")}`, { ...listener, onRaw }, lastId);
}

interface RawListener extends Omit<Listener, "onMessage"> {
  /** True where it was the last one. */
  onRaw(raw: Raw): boolean;
}

/** Any stream of the service, message by message, until its last one; the answer stops it before. */
export function listen(path: string, listener: RawListener, lastId?: string): () => void {
  const stopped = new AbortController();
  void run(path, listener, stopped.signal, lastId ?? null);
  return () => stopped.abort();
}

async function run(path: string, listener: RawListener, signal: AbortSignal, lastId: string | null): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const answer = await fetch(below(path), {
        headers: { Accept: "text/event-stream", ...(lastId !== null && { "Last-Event-ID": lastId }) },
        cache: "no-store",
        signal,
      });
      if (answer.status === 204) return listener.onState?.("ended");
      if (answer.ok && answer.body) {
        listener.onState?.("open");
        wait = FIRST_WAIT_MS;
        for await (const raw of messages(answer.body)) {
          if (raw.id) lastId = raw.id;
          if (listener.onRaw(raw)) return listener.onState?.("ended");
        }
      } else if (answer.status === 401) {
        await signInNeeded();
        continue;
      } else if (answer.status < 500 && answer.status !== 429) {
        return listener.onProblem?.(await problemOf(answer));
      } else {
        wait = LONGEST_WAIT_MS;
        listener.onState?.("away");
      }
    } catch {
      if (signal.aborted) return;
      lost();
      listener.onState?.("away");
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

export interface Raw {
  id: string;
  event: string;
  data: string;
}

async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Raw> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const raw = parse(block);
        if (raw.data) yield raw;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): Raw {
  const raw: Raw = { id: "", event: "message", data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    const field = line.slice(0, colon);
    if (field === "id" || field === "event" || field === "data") raw[field] = line.slice(colon + 2);
  }
  return raw;
}

function read(raw: Raw): Message {
  const data = JSON.parse(raw.data);
  if (raw.event === "end") return { kind: "end", statuses: data };
  if (raw.event === "epochs") return { kind: "epochs", ...data };
  return { name: raw.event, ...data, kind: "event" };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done); // A stream that is followed for hours pauses many times.
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
