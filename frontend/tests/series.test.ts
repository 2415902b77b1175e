import { describe, expect, it } from "vitest";
import type { Epoch } from "../src/api/types";
import { histogramOf } from "../src/inside/histogram";
import { columnsOf, oddities, rowAt } from "../src/watch/columns";
import { appended, merged, type Row, rowOf, thinned } from "../src/watch/rows";
import { smoothed } from "../src/watch/smooth";
import { viewOf } from "../src/watch/view";

const row = (epoch: number, loss: number): Row => ({ epoch, values: { loss } });
const rows = (count: number, loss: (epoch: number) => number) =>
  Array.from({ length: count }, (_, index) => row(index + 1, loss(index + 1)));

describe("the rows of a job", () => {
  it("have NaN and the infinities as numbers, and nothing for what was not measured", () => {
    const epoch = {
      epoch: 3,
      loss: null,
      val_loss: null,
      metrics: { accuracy: 0.5 },
      nonfinite: { loss: "+inf" },
    } as unknown as Epoch;
    expect(rowOf(epoch)).toEqual({ epoch: 3, values: { loss: Infinity, accuracy: 0.5 } });
  });

  it("are each epoch once, however often it comes", () => {
    const before = rows(3, () => 1);
    expect(appended(before, [row(2, 9), row(3, 9)])).toBe(before);
    expect(appended(before, [row(3, 9), row(4, 2)]).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });

  it("never become more than fit, and keep the peak, the dip, the first and the last", () => {
    const many = rows(10_000, (epoch) => (epoch === 4321 ? 99 : epoch === 6789 ? -99 : 1));
    const kept = thinned(many, 500);
    expect(kept.length).toBeLessThanOrEqual(502);
    expect(kept[0]).toBe(many[0]);
    expect(kept.at(-1)).toBe(many.at(-1));
    expect(kept.map(({ values }) => values.loss)).toEqual(expect.arrayContaining([99, -99]));
    expect(kept.map(({ epoch }) => epoch)).toEqual(kept.map(({ epoch }) => epoch).toSorted((a, b) => a - b));
    expect(
      appended(
        rows(4000, () => 1),
        [row(4001, 1)],
        4000,
      ).length,
    ).toBeLessThanOrEqual(2002);
  });

  it("give way to a closer look, and only there", () =>
    expect(
      merged(
        rows(5, () => 1),
        [row(2, 7), row(3, 7)],
      ).map(({ values }) => values.loss),
    ).toEqual([1, 7, 7, 1, 1]));

  it("are found at an epoch or at the nearest before", () => {
    const found = [row(1, 1), row(10, 2), row(20, 3)];
    expect([0, 1, 9, 10, 19, 99].map((epoch) => rowAt(found, epoch)?.epoch)).toEqual([1, 1, 1, 10, 10, 20]);
    expect(rowAt([], 1)).toBeNull();
  });
});

describe("columns for the chart", () => {
  it("share one axis, with a gap where a number is none", () => {
    const { epochs, columns } = columnsOf(
      [
        { rows: [row(1, 1), row(3, NaN)], name: "loss" },
        { rows: [row(2, 5)], name: "loss" },
      ],
      false,
    );
    expect(epochs).toEqual([1, 2, 3]);
    expect(columns).toEqual([
      [1, undefined, null],
      [undefined, 5, undefined],
    ]);
  });

  it("leave out of a log axis what it cannot show", () =>
    expect(columnsOf([{ rows: [row(1, 0), row(2, 2)], name: "loss" }], true).columns).toEqual([[null, 2]]));

  it("mark where each stretch of numbers that are none begins", () =>
    expect(oddities([row(1, 1), row(2, NaN), row(3, NaN), row(4, Infinity), row(5, 1), row(6, NaN)], "loss")).toEqual([
      { epoch: 2, value: NaN },
      { epoch: 4, value: Infinity },
      { epoch: 6, value: NaN },
    ]));
});

describe("smoothing", () => {
  it("leaves everything as it is at strength 0, and a constant at any", () => {
    expect(smoothed([1, 2], [1, 5], 0)).toEqual([1, 5]);
    expect(smoothed([1, 2, 3], [4, 4, 4], 0.9)).toEqual([4, 4, 4]);
  });

  it("is an exponential moving average that begins again after a gap", () =>
    expect(smoothed([1, 2, 3, 4], [0, 1, null, 8], 0.5)).toEqual([0, 0.5, null, 8]));

  it("smooths equally over many epochs, where a hundredth of them is the unit", () =>
    expect(smoothed([0, 100, 10_000], [0, 1, 1], 0.5)[1]).toBe(0.5));
});

describe("a histogram", () => {
  it("counts every finite number once, the largest in the last bin", () => {
    const { low, high, counts, nonfinite } = histogramOf([0, 1, 2, 3, NaN, Infinity]);
    expect([low, high, nonfinite]).toEqual([0, 3, 2]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect([counts[0], counts.at(-1)]).toEqual([1, 1]);
  });

  it("has no bins where there is no number", () =>
    expect(histogramOf([NaN])).toEqual({ low: 0, high: 0, counts: [], nonfinite: 1 }));
});

it("a view is read from an address, and nonsense in it is left out", () => {
  expect(viewOf({ value: "accuracy", scale: "log", smooth: "0.5", epochs: "10-20", hidden: "a,b" })).toEqual({
    value: "accuracy",
    isLog: true,
    smooth: 0.5,
    zoom: { from: 10, to: 20 },
    hidden: new Set(["a", "b"]),
  });
  expect(viewOf({ smooth: "x", epochs: "20-10" })).toMatchObject({ value: "loss", smooth: 0, zoom: null });
});
