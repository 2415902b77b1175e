import { describe, expect, it } from "vitest";
import type { Job } from "../src/api/types";
import { differing, nameOfRun, orderOf, runsOf, shownStatuses, withRestarts } from "../src/runs/runs";

const job = (id: string, changes: Partial<Job> = {}, training: Record<string, unknown> = {}): Job =>
  ({
    id,
    network: "cheese",
    network_id: "net_1",
    status: "succeeded",
    epoch: 10,
    monitored: "loss",
    best_value: 1,
    created_at: `2026-01-01T00:00:0${id}Z`,
    options: { training: { epochs: 10, ...training } },
    max_seconds: null,
    ...changes,
  }) as Job;

describe("runs", () => {
  const runs = runsOf([
    job("1", { best_value: 0.5 }, { optimizer: { type: "adam", learning_rate: 0.1 }, metrics: ["accuracy"] }),
    job("2", { best_value: null, status: "failed" }, { optimizer: { type: "sgd", learning_rate: 0.1 } }),
    job(
      "3",
      { best_value: 0.05, network: "xor", network_id: "net_2" },
      { optimizer: { type: "adam", learning_rate: 0.02 } },
    ),
    job("4", { best_value: 0.25 }, { optimizer: { type: "adam", learning_rate: 0.1 } }),
  ]);

  it("are sorted by the service, which has its own names for columns and the same for options", () => {
    expect(orderOf({ by: "best", direction: "up" })).toEqual({ sort: "best_value", order: "asc" });
    expect(orderOf({ by: "optimizer.learning_rate", direction: "down" })).toEqual({
      sort: "optimizer.learning_rate",
      order: "desc",
    });
  });

  it("are listed without a folded queue, unless it is asked for", () => {
    expect(shownStatuses(undefined, false)).toBeUndefined();
    expect(shownStatuses("queued", true)).toEqual(["queued"]);
    expect(shownStatuses(undefined, true)).toEqual([
      ...["running", "paused", "succeeded", "failed", "cancelled", "pausing", "cancelling"],
    ]);
  });

  it("have the restarts that are under way below what they started again, and others at the top", () => {
    const restart = (id: string, restart_of: string | null) => job(id, { status: "running", restart_of });
    const listed = [job("9"), job("5")];
    const others = [restart("8", "5"), restart("7", "3"), restart("6", null), restart("5", "4")];
    expect(withRestarts(listed, others).map(({ id }) => id)).toEqual(["7", "9", "5", "8"]);
    expect(withRestarts(listed, [])).toEqual(listed);
  });

  it("are called by their name, or else by their network and the end of their id", () => {
    expect(nameOfRun(job("job_123456789"))).toBe("cheese 456789");
    expect(nameOfRun(job("job_123456789", { name: "Wide" }))).toBe("Wide");
  });

  it("have a column for each option in which they differ, and for no other", () => {
    expect(differing(runs, 9)).toEqual(["optimizer", "optimizer.learning_rate", "metrics"]);
    expect(differing(runs.slice(2), 9)).toEqual(["optimizer.learning_rate"]);
    expect(differing(runs, 1)).toHaveLength(1);
    expect(differing(runs.slice(0, 1), 9)).toEqual([]);
  });
});
