import { describe, expect, it } from "vitest";
import { numberOf } from "../src/forms/numbers";
import { curlOf } from "../src/parts/curl";
import { bytes, few, percent, short, span, whole } from "../src/parts/format";

describe("a number", () => {
  it.each([
    [0, "0"],
    [0.0032171, "0.003217"],
    [12.4, "12.4"],
    [-1.5, "−1.5"],
    [1234567, "1.23e6"],
    [0.00001234, "1.23e−5"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
    [null, "–"],
  ])("%s is written %s", (value, text) => expect(short(value)).toBe(text));

  it("is read as people type it", () =>
    expect(["0.5", " 1e-3 ", "−2", "", "two"].map(numberOf)).toEqual([0.5, 0.001, -2, null, null]));
});

it("shares, sizes, spans and counts have their units", () => {
  expect(percent(0.9824)).toBe("98.2 %");
  expect([12, 14_200, 3_000_000].map(bytes)).toEqual(["12 B", "14.2 kB", "3 MB"]);
  expect([4.26, 45, 720, 10_800, 200_000].map(span)).toEqual(["4.3 s", "45 s", "12 min", "3 h", "2 d"]);
  expect(whole(12345)).toBe("12,345");
  expect(few([1, 2, 3, 4])).toBe("1, 2, 3 …");
});

it("a request is a line for a shell, with quotes that survive it", () => {
  expect(curlOf("/predict?a=1&b=2")).toBe(`curl '${location.origin}/predict?a=1&b=2'`);
  expect(curlOf("/predict", { city: "'s-Hertogenbosch" })).toBe(
    `curl ${location.origin}/predict -H 'Content-Type: application/json' -d '{"city":"'\\''s-Hertogenbosch"}'`,
  );
});
