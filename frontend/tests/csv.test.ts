import { describe, expect, it } from "vitest";
import type { Network } from "../src/api/types";
import { cellsOf, readObjects, readRows } from "../src/rows/csv";

const two = { inputs: 2, features: null } as unknown as Network;
const named = { inputs: 2, features: ["salt", "fat"] } as unknown as Network;
const table = {
  inputs: 2,
  features: ["age", "city"],
  table: {
    inputs: [
      { name: "age", type: "number" },
      { name: "city", type: "category", categories: ["1", "2"] },
    ],
    target: { name: "price", type: "number" },
  },
} as unknown as Network;

describe("cells", () => {
  it.each([",", ";", "\t"])("are told apart by %j, whichever there are more of", (between) =>
    expect(cellsOf(`a${between}b\n1${between}2\n`)).toEqual([
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["1", "2"] },
    ]),
  );

  it("keep what is quoted, also a comma, a quote and the end of a line", () =>
    expect(cellsOf('"a,b","c""d"\n"e\nf",g\nh,i')).toEqual([
      { line: 1, cells: ["a,b", 'c"d'] },
      { line: 2, cells: ["e\nf", "g"] },
      { line: 4, cells: ["h", "i"] },
    ]));

  it("leave out empty lines and take Windows' line ends", () =>
    expect(cellsOf("1,2\r\n\r\n3,4\r\n").map(({ line, cells }) => [line, ...cells])).toEqual([
      [1, "1", "2"],
      [3, "3", "4"],
    ]));
});

describe("rows of numbers", () => {
  it("are inputs first, then the target", () =>
    expect(readRows("1,2,yes\n3,4,no", two)).toEqual({
      kind: "rows",
      rows: {
        inputs: [
          [1, 2],
          [3, 4],
        ],
        targets: ["yes", "no"],
      },
      lines: [1, 2],
    }));

  it("follow the names of a header, in the network's order", () =>
    expect(readRows("fat,taste,salt\n1,0,2", named)).toEqual({
      kind: "rows",
      rows: { inputs: [[2, 1]], targets: [0] },
      lines: [2],
    }));

  it("may have several targets", () => expect(readRows("1,2,0,1", two)).toMatchObject({ rows: { targets: [[0, 1]] } }));

  it.each([
    ["1,2,3\n1,2", { key: "rows.fault.width", values: { line: 2, count: 2, wanted: 3 } }],
    ["1,2,3\n1,x,3", { key: "rows.fault.number", values: { line: 2, column: 2, text: "x" } }],
    ["1,2", { key: "rows.fault.target", values: { count: 2 } }],
    ["", { key: "rows.fault.few", values: {} }],
  ])("say what is wrong with %j", (text, fault) => expect(readRows(text, two)).toEqual(fault));

  it("name a column that is missing", () =>
    expect(readRows("fat,pepper,y\n1,2,3", named)).toEqual({
      key: "rows.fault.column",
      values: { column: "salt", known: "fat, pepper, y" },
    }));
});

it("objects keep words that look like numbers as words, and empty cells as missing", () =>
  expect(readObjects("city,age,price,more\n1,,5,x", table)).toEqual({
    kind: "objects",
    objects: [{ age: null, city: "1", price: 5 }],
    lines: [2],
  }));
