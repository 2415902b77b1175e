import { describe, expect, it } from "vitest";
import { referenceOf } from "../src/api/datasets";
import type { Job } from "../src/api/types";
import { readAsWords } from "../src/datasets/readAs";
import { bodyOf, PRESETS, whenOf } from "../src/schedules/schedule";
import "../src/texts/datasets";

const usual = {
  name: "",
  cron: " 0 3 * * * ",
  timezone: "UTC",
  network: "n",
  dataset: "d",
  like: null,
  ifChanged: true,
  promotes: false,
};

describe("bodyOf", () => {
  it("holds rows out where nothing else is said", () => {
    expect(bodyOf(usual)).toEqual({
      cron: PRESETS.daily,
      timezone: "UTC",
      if_changed: true,
      train: { network: "n", dataset: "d", validation: { fraction: 0.2 } },
    });
  });

  it("takes the options of a training, and promotes the better model where that is wanted", () => {
    const like = { options: { training: { epochs: 7 }, validation: { fraction: 0.3 } } } as unknown as Job;
    const { train } = bodyOf({ ...usual, like, promotes: true });
    expect(train).toEqual({
      network: "n",
      dataset: "d",
      epochs: 7,
      validation: { fraction: 0.3 },
      promote: { alias: "production", if: { metric: "val_loss", better_by: 0 } },
    });
  });
});

describe("words", () => {
  it("name a time zone that is not UTC", () => {
    expect(whenOf({ cron: "0 3 * * *", timezone: "UTC" })).toBe("0 3 * * *");
    expect(whenOf({ cron: "0 3 * * *", timezone: "Asia/Seoul" })).toBe("0 3 * * * Asia/Seoul");
  });

  it("say how a column was read, and nothing of a plain one", () => {
    expect(readAsWords({ decimal: ",", thousands: " ", unit: "%", missing: ["n/a"] })).toEqual([
      "decimal comma",
      "␣ between thousands",
      "unit %",
      "missing: n/a",
    ]);
    expect(readAsWords({ decimal: "." })).toEqual([]);
  });

  it("call an older revision by its number", () => {
    const dataset = { name: "x", revision: 2 } as Parameters<typeof referenceOf>[0];
    expect(referenceOf({ ...dataset, is_newest: true })).toBe("x");
    expect(referenceOf({ ...dataset, is_newest: false })).toBe("x@2");
  });
});
