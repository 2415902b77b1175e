import { h, render } from "preact";
import { describe, expect, it } from "vitest";
import { JobHead } from "../src/watch/JobHead";
import type { Series } from "../src/watch/series";
import "../src/texts/watch";

function bars(status: string): number {
  const place = document.createElement("div");
  const progress = { status, epoch: 8, epochs: 15, progress: 8 / 15, eta_seconds: null, queue_position: null };
  const job = { id: "job_1", network: "n", options: {}, error: null, stopped_early: status === "succeeded" };
  const series = { job, progress: { ...progress, seconds: 1, best_epoch: null } } as unknown as Series;
  render(h(JobHead, { series }), place);
  return place.querySelectorAll("progress").length;
}

describe("the head of a job", () => {
  it("has a bar while it goes on", () => expect(["queued", "running", "paused"].map(bars)).toEqual([1, 1, 1]));

  it("has none once it is over: half a bar would say that half is left", () =>
    expect(["succeeded", "failed", "cancelled"].map(bars)).toEqual([0, 0, 0]));
});
