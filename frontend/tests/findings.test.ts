import { describe, expect, it } from "vitest";
import type { Finding, Progress } from "../src/api/types";
import { findingsOf } from "../src/watch/Findings";
import { type Series, told } from "../src/watch/series";

const progress = { status: "running", epoch: 3 } as Progress;
const finding = (code: Finding["code"]): Finding => ({
  code,
  severity: "problem",
  sentence: `It is ${code}.`,
  evidence: {},
  try: ["another seed"],
});
const series = (findings: Finding[] | null) =>
  ({ job: { id: "job_1", findings }, progress: { status: "queued" }, rows: [], differs: {} }) as unknown as Series;
const event = (name: string, data: Record<string, unknown>) =>
  ({ kind: "event", name, job: "job_1", seq: 2, data, progress }) as const;

describe("the findings of a job that is followed", () => {
  it("are those of the newest event", () => {
    const after = told(series([finding("still_falling")]), event("findings", { findings: [finding("overfitting")] }));
    expect(after.job.findings).toEqual([finding("overfitting")]);
    expect(after.progress).toBe(progress);
  });

  it("go away once a judgement finds nothing", () =>
    expect(told(series([finding("outlier")]), event("findings", { findings: [] })).job.findings).toEqual([]));

  it("stay as they are at every other message", () => {
    const before = series([finding("leak")]);
    expect(told(before, event("status", { status: "paused" })).job).toBe(before.job);
    expect(told(before, { kind: "epochs", job: "job_1", epochs: [], progress }).job).toBe(before.job);
  });
});

describe("the findings of a job that diverged", () => {
  const findings = [finding("learning_rate_too_high"), finding("unscaled_inputs")];

  it("do not repeat what its error says", () => {
    expect(findingsOf({ findings, error: { code: "diverged", message: "" } })).toEqual([findings[1]]);
    expect(findingsOf({ findings, error: { code: "timeout", message: "" } })).toEqual(findings);
    expect(findingsOf({ findings, error: null })).toEqual(findings);
    expect(findingsOf({ findings: null, error: { code: "diverged", message: "" } })).toBeNull();
  });
});
