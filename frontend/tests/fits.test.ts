import { describe, expect, it } from "vitest";
import { foldCount } from "../src/api/options";
import type { Epoch, Job } from "../src/api/types";
import type { Series } from "../src/watch/series";
import { fitsOf, hasFits } from "../src/watch/useFits";

const fit = (val_loss: number, best_epoch: number, best_value: number) => ({
  loss: 1,
  val_loss,
  metrics: {},
  best_epoch,
  best_value,
  ended: null,
});
const epoch = (number: number, fits: unknown): Epoch => ({ epoch: number, fits }) as unknown as Epoch;

describe("folds and members", () => {
  it("have a history and a best epoch each", () => {
    const fits = fitsOf([epoch(1, [fit(3, 1, 3), fit(5, 1, 5)]), epoch(2, [fit(2, 2, 2), fit(6, 1, 5)])]);
    expect(fits.map(({ best_epoch, best_value }) => [best_epoch, best_value])).toEqual([
      [2, 2],
      [1, 5],
    ]);
    expect(fits[1]?.rows.map(({ epoch, values }) => [epoch, values.val_loss])).toEqual([
      [1, 5],
      [2, 6],
    ]);
  });

  it("have no rows from where one has diverged", () => {
    const fits = fitsOf([epoch(1, [fit(3, 1, 3), fit(5, 1, 5)]), epoch(2, [fit(2, 2, 2), null])]);
    expect(fits[1]).toMatchObject({ best_epoch: null, best_value: null });
    expect(fits[1]?.rows.map(({ epoch }) => epoch)).toEqual([1]);
  });

  it("are none of a job of one network", () => {
    expect(fitsOf([epoch(1, null)])).toEqual([]);
    expect(fitsOf([epoch(1, [fit(3, 1, 3)])])).toEqual([]);
    expect(fitsOf([])).toEqual([]);
  });
});

describe("a best value", () => {
  const series = (best_value: number, folds: unknown = null) =>
    ({
      job: { monitored: "val_loss", options: { folds } },
      progress: { best_epoch: 2, best_value },
      rows: [
        { epoch: 1, values: { val_loss: 0.5 } },
        { epoch: 2, values: { val_loss: 0.4 } },
      ],
    }) as unknown as Series;

  it("that lies on the curve is that of one network", () => expect(hasFits(series(0.4))).toBe(false));

  it("that lies on no curve is the mean of several", () => expect(hasFits(series(0.35))).toBe(true));

  it("of folds always is", () => expect(hasFits(series(0.4, { count: 3 }))).toBe(true));
});

describe("folds", () => {
  const job = (options: object): Job => ({ options }) as unknown as Job;

  it("are counted over all repeats", () => {
    expect(foldCount(job({}))).toBe(0);
    expect(foldCount(job({ folds: null }))).toBe(0);
    expect(foldCount(job({ folds: { count: 5 } }))).toBe(5);
    expect(foldCount(job({ folds: { count: 2, repeats: 2 }, repeats: 3 }))).toBe(12);
  });
});
