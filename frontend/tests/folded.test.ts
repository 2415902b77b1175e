import { describe, expect, it } from "vitest";
import type { Job } from "../src/api/types";
import { usualPace } from "../src/live/pace";
import { folded } from "../src/network/folded";

const job = (id: string, restart_of: string | null = null) => ({ id, restart_of }) as Job;

describe("restarts", () => {
  it("are under the first start, which stands where the newest of them does", () => {
    const found = folded([job("d", "a"), job("c"), job("b", "a"), job("a")]);
    expect(found.map((fold) => [fold.job.id, fold.restarts.map(({ id }) => id)])).toEqual([
      ["a", ["d", "b"]],
      ["c", []],
    ]);
  });

  it("stand for themselves where the first is not listed", () =>
    expect(folded([job("c", "a"), job("b", "a")]).map((fold) => [fold.job.id, fold.restarts.length])).toEqual([
      ["b", 1],
    ]));
});

it("trains in slow motion what is tiny and long", () => {
  expect(usualPace(205, 3000)).toBe(100);
  expect(usualPace(205, 30)).toBeNull();
  expect(usualPace(5000, 3000)).toBeNull();
});
