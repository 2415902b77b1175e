/** What went wrong, as the service says it (RFC 9457), or that the service could not be asked at all. */
export interface Fault {
  detail: string;
  /** A JSON pointer such as `#/layers/1/units`, its percent signs read. */
  pointer?: string;
  parameter?: string;
}

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly faults: Fault[] = [],
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(detail);
  }

  /** The service could not be reached; nothing is known about the request. */
  get isUnreachable(): boolean {
    return this.code === "unreachable";
  }

  /** What is wrong at a place, `#/layers/1` or below it. */
  at(pointer: string): string[] {
    return this.faults
      .filter((fault) => fault.pointer === pointer || fault.pointer?.startsWith(`${pointer}/`))
      .map((fault) => fault.detail);
  }
}

/** The steps of a JSON pointer, and a pointer of steps. */
export const stepsOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

export const pointerTo = (...steps: (string | number)[]): string =>
  ["#", ...steps.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"))].join("/");

export function unreachable(): Problem {
  return new Problem("unreachable", 0, "", "");
}

export async function problemOf(answer: Response): Promise<Problem> {
  const retry = Number(answer.headers.get("Retry-After"));
  const after = Number.isFinite(retry) && retry > 0 ? retry : null;
  try {
    const body = await answer.json();
    const code = String(body.type ?? "").replace("/problems/", "");
    const faults = ((body.errors ?? []) as Fault[]).map((fault) => ({
      ...fault,
      ...(fault.pointer && { pointer: decodeURIComponent(fault.pointer) }),
    }));
    return new Problem(code, answer.status, body.title ?? "", body.detail ?? "", faults, after);
  } catch {
    return new Problem("unreadable", answer.status, answer.statusText, "", [], after);
  }
}
