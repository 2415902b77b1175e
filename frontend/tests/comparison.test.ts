import { describe, expect, it } from "vitest";
import { ceilingOf, isOutlying } from "../src/watch/columns";
import { comparisonOf } from "../src/watch/comparison";
import type { Row } from "../src/watch/rows";
import type { Series } from "../src/watch/series";

const series = (values: Record<string, number>[], differs: Record<string, unknown> = {}): Series =>
  ({
    rows: values.map((each, index) => ({ epoch: index + 1, values: each }) as unknown as Row),
    differs,
  }) as unknown as Series;

const compared = (all: Series[], value = "loss") => comparisonOf(all, ({ rows }) => rows, value);

describe("compared jobs", () => {
  it("are ranked by the same number, on held-out rows where all have some", () => {
    const one = series([
      { loss: 0.1, val_loss: 0.6 },
      { loss: 0.01, val_loss: 0.7 },
    ]);
    const other = series([
      { loss: 0.3, val_loss: 0.5 },
      { loss: 0.2, val_loss: NaN },
    ]);
    expect(compared([one, other])).toMatchObject({
      name: "val_loss",
      bests: [{ value: 0.6, epoch: 1 }, { value: 0.5 }],
    });
    expect([...compared([one, other]).winners]).toEqual([1]);
    const without = series([{ loss: 0.05 }]);
    expect(compared([one, other, without])).toMatchObject({ name: "loss" });
    expect([...compared([one, other, without]).winners]).toEqual([0]);
  });

  it("are better with more of a metric, and less of an error", () => {
    const low = series([{ accuracy: 0.5, mae: 1 }]);
    const high = series([{ accuracy: 0.9, mae: 2 }]);
    expect([...compared([low, high], "accuracy").winners]).toEqual([1]);
    expect([...compared([low, high], "mae").winners]).toEqual([0]);
    expect([...compared([low, low], "mae").winners]).toEqual([0, 1]);
  });

  it("have no winner where only one has a number, and a warning where their rows differ", () => {
    const known = series([{ loss: 1 }], { "validation.fraction": 0.2 });
    expect(compared([known, series([{ loss: NaN }])])).toMatchObject({ winners: new Set(), areRowsOther: true });
    expect(compared([series([{ loss: 1 }], { "training.batch_size": 4 })]).areRowsOther).toBe(false);
  });
});

describe("the end of a linear axis", () => {
  const falling = Array.from({ length: 99 }, (_, index) => 1 + index / 100);

  it("leaves out a few values far above the rest", () => {
    expect(ceilingOf([[54_000, ...falling]])).toBeCloseTo(3.8);
    expect(isOutlying([[54_000, ...falling]])).toBe(true);
  });

  it("is the largest value otherwise", () => {
    expect(ceilingOf([falling])).toBeNull();
    expect(ceilingOf([[54_000, 1, 1]])).toBeNull();
    expect(ceilingOf([[54_000, -1, ...falling]])).toBeNull();
  });
});
