import { describe, expect, it } from "vitest";
import type { Job, Network } from "../src/api/types";
import { bestOf, differing, found, runsOf, sorted } from "../src/runs/runs";

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

const networks = new Map([["net_1", { tags: { team: "blue" } } as unknown as Network]]);
const ids = (runs: readonly { job: Job }[]) => runs.map((run) => run.job.id);

describe("runs", () => {
  const runs = runsOf(
    [
      job("1", { best_value: 0.5 }, { optimizer: { type: "adam", learning_rate: 0.1 }, metrics: ["accuracy"] }),
      job("2", { best_value: null, status: "failed" }, { optimizer: { type: "sgd", learning_rate: 0.1 } }),
      job(
        "3",
        { best_value: 0.05, network: "xor", network_id: "net_2" },
        { optimizer: { type: "adam", learning_rate: 0.02 } },
      ),
      job("4", { best_value: 0.25 }, { optimizer: { type: "adam", learning_rate: 0.1 } }),
    ],
    networks,
  );

  it("are found by every word, in name, tag, status or option", () => {
    expect(ids(found(runs, "CHEESE adam", []))).toEqual(["1", "4"]);
    expect(ids(found(runs, "team:blue", ["failed"]))).toEqual(["2"]);
    expect(found(runs, "  ", [])).toBe(runs);
    expect(ids(found(runs, "nothing", []))).toEqual([]);
  });

  it("are sorted by numbers as numbers, what is missing last either way", () => {
    expect(ids(sorted(runs, { by: "best", direction: "up" }))).toEqual(["3", "4", "1", "2"]);
    expect(ids(sorted(runs, { by: "best", direction: "down" }))).toEqual(["1", "4", "3", "2"]);
    expect(ids(sorted(runs, { by: "optimizer.learning_rate", direction: "up" }))[0]).toBe("3");
    expect(ids(sorted(runs, { by: "created", direction: "down" }))).toEqual(["4", "3", "2", "1"]);
  });

  it("have a column for each option in which they differ, and for no other", () => {
    expect(differing(runs, 9)).toEqual(["optimizer", "optimizer.learning_rate", "metrics"]);
    expect(differing(runs.slice(2), 9)).toEqual(["optimizer.learning_rate"]);
    expect(differing(runs, 1)).toHaveLength(1);
    expect(differing(runs.slice(0, 1), 9)).toEqual([]);
  });

  it("have one best of each network that has several, by the same loss", () => {
    expect([...bestOf(runs)]).toEqual(["4"]);
    expect([
      ...bestOf(
        runsOf([job("1", { monitored: "val_loss" }), job("2", { monitored: "accuracy", best_value: 0.1 })], networks),
      ),
    ]).toEqual([]);
  });
});
