import { describe, expect, it } from "vitest";
import { tableOf } from "../src/inside/forward";
import { boundary, CELLS, columnOf, extentOf, plane } from "../src/inside/surface";

describe("the plane of two inputs", () => {
  it("has room around its rows, also around a single one", () => {
    const extent = extentOf([
      [0, 10],
      [1, 20],
    ]);
    expect([extent.left, extent.right, extent.bottom, extent.top].map((each) => Number(each.toFixed(9)))).toEqual([
      -0.12, 1.12, 8.8, 21.2,
    ]);
    expect(extentOf([[3, 4]])).toEqual({ left: 2.88, right: 3.12, bottom: 3.88, top: 4.12 });
    expect(extentOf([])).toEqual({ left: -1, right: 1, bottom: -1, top: 1 });
  });

  it("is walked row by row from the top left", () => {
    const points = plane({ left: 0, right: 64, bottom: 0, top: 64 });
    expect(points.rows).toBe(CELLS * CELLS);
    expect([...points.values.slice(0, 4)]).toEqual([0.5, 63.5, 1.5, 63.5]);
    expect([...points.values.slice(-2)]).toEqual([63.5, 0.5]);
  });

  it("takes one unit's column out of a table", () =>
    expect([
      ...columnOf(
        tableOf([
          [1, 2],
          [3, 4],
        ]),
        1,
      ),
    ]).toEqual([2, 4]));

  it("draws the line where a plane crosses zero", () => {
    const values = plane({ left: -1, right: 1, bottom: -1, top: 1 }).values.filter((_, index) => index % 2 === 0);
    const line = boundary(values);
    const places = [...line.matchAll(/[ML](\S+) (\S+?)(?=[ML]|$)/g)].map((each) => Number(each[1]));
    expect(places.length).toBe(2 * (CELLS - 1));
    for (const x of places) expect(x).toBeCloseTo(CELLS / 2, 6);
  });
});
