import { describe, expect, it } from "vitest";
import { limitsOf, limitWords, NO_LIMITS } from "../src/access/limits";
import { askedOptions } from "../src/api/options";
import type { Job } from "../src/api/types";

describe("limits of a key", () => {
  it("are left to the service where nothing is typed", () => {
    expect(limitsOf(NO_LIMITS)).toBeNull();
  });

  it("are rates as they are typed, and numbers, of which bytes are typed in megabytes", () => {
    const typed = { ...NO_LIMITS, predict: " 100/second ", queued_jobs: "3", stored_bytes: "1.5" };
    expect(limitsOf(typed)).toEqual({ predict: "100/second", queued_jobs: 3, stored_bytes: 1_500_000 });
  });

  it("go as they are where they are no numbers", () => {
    expect(limitsOf({ ...NO_LIMITS, running_jobs: "few" })).toEqual({ running_jobs: "few" });
  });

  it("are read with their names", () => {
    const limits = { predict: "5/minute", running_jobs: 0, stored_bytes: 2_000_000 };
    expect(limitWords(limits, (name) => name)).toEqual(["predict: 5/minute", "running_jobs: ∞", "stored_bytes: 2 MB"]);
    expect(limitWords(undefined, (name) => name)).toEqual([]);
  });
});

describe("askedOptions", () => {
  it("keep the shares that were held out, for validation and for a test", () => {
    const share = (fraction: number) => ({ fraction, group: null });
    const options = { training: { epochs: 3 }, validation: share(0.2), test: share(0.1) };
    expect(askedOptions({ options, max_seconds: null } as unknown as Job)).toEqual({
      epochs: 3,
      validation: { fraction: 0.2 },
      test: { fraction: 0.1 },
    });
  });
});
