import { describe, expect, it } from "vitest";
import type { Dataset } from "../src/api/datasets";
import type { Network } from "../src/api/types";
import { bodyOf, columnsReadBy, firstInputs } from "../src/score/body";

const dataset = {
  columns: [
    { name: "who", type: "category" },
    { name: "a", type: "number" },
    { name: "b", type: "number" },
    { name: "c", type: "number" },
  ],
} as Dataset;
const plain = (features: string[] | null) => ({ inputs: 2, features, table: null }) as unknown as Network;

describe("bodyOf", () => {
  const usual = { network: "n", snapshot: "live", dataset: "d", name: " ", columns: null, inputs: null };

  it("leaves to the service what it chooses itself", () => {
    expect(bodyOf({ ...usual, probabilities: true })).toEqual({ network: "n", dataset: "d" });
  });

  it("says what was chosen, also that no column is to be carried over", () => {
    const own = { ...usual, snapshot: "3", name: "out ", columns: [], inputs: ["a", "b"], probabilities: false };
    expect(bodyOf(own)).toEqual({
      network: "n",
      snapshot: "3",
      dataset: "d",
      name: "out",
      columns: [],
      inputs: ["a", "b"],
      probabilities: false,
    });
  });
});

describe("the columns that a network reads", () => {
  it("are its features where all are there", () => {
    expect(columnsReadBy(plain(["b", "a"]), dataset)).toEqual(["b", "a"]);
  });

  it("have to be chosen where it has other names, or none", () => {
    expect(columnsReadBy(plain(["x", "y"]), dataset)).toBeNull();
    expect(columnsReadBy(plain(null), dataset)).toBeNull();
    expect(firstInputs(plain(null), dataset.columns)).toEqual(["a", "b"]);
  });
});
