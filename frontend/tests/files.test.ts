import { describe, expect, it } from "vitest";
import type { Network } from "../src/api/types";
import { codeOf, FORMATS, fileName, fileOf } from "../src/versions/files";

const plain = { name: "my-net", inputs: 2, features: null, dtype: "float32" } as unknown as Network;
const table = {
  name: "7birds",
  inputs: 9,
  table: {
    inputs: [
      { name: "mass", type: "number" },
      { name: "island", type: "category" },
      { name: 'a "b"', type: "boolean" },
      { name: "seen", type: "time" },
    ],
    target: { name: "species", type: "category" },
  },
} as unknown as Network;

describe("files of a network", () => {
  it("are named so that a Python file can be imported", () => {
    expect(fileName(plain, "python")).toBe("my_net.py");
    expect(fileName(table, "python")).toBe("n7birds.py");
    expect(fileName(plain, "onnx_columns")).toBe("my-net.onnx");
    expect(codeOf(plain, "python")).toBe("from my_net import predict\nprint(predict([[0.5, 0.5]]))");
  });

  it("are of the weights that are chosen", () => {
    expect(fileOf("onnx_columns", "2")).toEqual({
      list: "export",
      query: { format: "onnx", layout: "columns", snapshot: "2" },
    });
    expect(fileOf("json", "live")).toEqual({ list: "weights", query: { format: "json", snapshot: "live" } });
  });

  it("are used in three lines at most, whatever the columns are", () => {
    for (const network of [plain, table])
      for (const format of FORMATS) expect(codeOf(network, format).split("\n").length).toBeLessThanOrEqual(3);
  });

  it("are fed by kinds of columns", () => {
    const code = codeOf(table, "onnx");
    expect(code).toContain('{name: rows[[name]].astype("float64").to_numpy() for name in ["mass","a \\"b\\""]}');
    expect(code).toContain('for name in ["island"]');
    expect(codeOf(table, "onnx_columns")).toContain('rows[name].astype("float64")');
    expect(codeOf(table, "mlflow")).toContain('"island": "object"');
  });
});
