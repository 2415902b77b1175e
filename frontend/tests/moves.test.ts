import { describe, expect, it } from "vitest";
import type { AliasMove } from "../src/api/types";
import { before, seen } from "../src/versions/moves";

/** Moves as the service lists them, newest first, from those in the order in which they were made. */
const moves = (...made: [AliasMove["action"], number | null][]): AliasMove[] =>
  made.map(([action, version], index) => ({ action, version, number: index + 1 }) as AliasMove).toReversed();

describe("before", () => {
  it("is nothing where the alias was never moved, or only once", () => {
    expect(before(moves())).toBeNull();
    expect(before(moves(["move", 1]))).toBeNull();
  });

  it("is the version before the newest move", () => {
    expect(before(moves(["move", 1], ["move", 3], ["move", 2]))).toBe(3);
  });

  it("goes one move further back after each roll back", () => {
    expect(before(moves(["move", 1], ["move", 3], ["move", 2], ["roll_back", 3]))).toBe(1);
    expect(before(moves(["move", 1], ["move", 3], ["roll_back", 1]))).toBeNull();
    expect(before(moves(["move", 1], ["move", 3], ["roll_back", 1], ["move", 4]))).toBe(1);
  });

  it("forgets what was before a removal", () => {
    expect(before(moves(["move", 1], ["move", 2], ["remove", null], ["move", 3]))).toBeNull();
  });
});

describe("seen", () => {
  it("is the newest move, or nothing where no alias is", () => {
    expect(seen(moves(["move", 1], ["move", 2]))).toBe(2);
    expect(seen(moves(["move", 1], ["remove", null]))).toBeNull();
    expect(seen(moves())).toBeNull();
  });
});
