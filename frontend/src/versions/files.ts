/** A network as a file for other programs: what there is, where it comes from, and a few lines that use it. */
import { inputColumns, speaksNames } from "../api/table";
import type { Network } from "../api/types";
import type { FileOfWeights } from "../api/versions";

export const FORMATS = ["python", "onnx", "onnx_columns", "mlflow", "safetensors", "json"] as const;
export type Format = (typeof FORMATS)[number];

const QUERIES: Record<Format, FileOfWeights> = {
  python: { list: "export", query: { format: "python" } },
  onnx: { list: "export", query: { format: "onnx" } },
  onnx_columns: { list: "export", query: { format: "onnx", layout: "columns" } },
  mlflow: { list: "export", query: { format: "mlflow" } },
  safetensors: { list: "weights", query: { format: "safetensors" } },
  json: { list: "weights", query: { format: "json" } },
};

const SUFFIXES: Record<Format, string> = {
  python: "py",
  onnx: "onnx",
  onnx_columns: "onnx",
  mlflow: "zip",
  safetensors: "safetensors",
  json: "json",
};

/** What the code imports. */
export const PACKAGES: Record<Format, string> = {
  python: "numpy, pandas",
  onnx: "onnxruntime, pandas",
  onnx_columns: "onnxruntime, pandas",
  mlflow: "mlflow, onnxruntime, pandas",
  safetensors: "safetensors, numpy",
  json: "",
};

/** The weights by a reference: `live`, the number of a version, or the id of a snapshot. */
export function fileOf(format: Format, weights: string): FileOfWeights {
  const { list, query } = QUERIES[format];
  return { list, query: { ...query, snapshot: weights } };
}

/** A file of Python is a module, so its name is one that can be imported. */
export const fileName = (network: Pick<Network, "name">, format: Format): string =>
  `${format === "python" ? moduleOf(network.name) : network.name}.${SUFFIXES[format]}`;

const moduleOf = (name: string): string => name.replace(/\W/g, "_").replace(/^(?=\d)/, "n");

export function codeOf(network: Network, format: Format): string {
  const file = quoted(fileName(network, format));
  switch (format) {
    case "python":
      return lines(
        ...(speaksNames(network) ? ["import pandas"] : []),
        `from ${moduleOf(network.name)} import predict`,
        `print(predict(${speaksNames(network) ? 'pandas.read_csv("rows.csv")' : rowOf(network)}))`,
      );
    case "onnx":
      return onnx(network, file, false);
    case "onnx_columns":
      return onnx(network, file, true);
    case "mlflow":
      return mlflow(network);
    case "safetensors":
      return lines(
        "from safetensors.numpy import load_file",
        `weights = load_file(${file})`,
        "print({name: array.shape for name, array in weights.items()})",
      );
    case "json":
      return lines(
        "import json",
        `weights = json.load(open(${file}, encoding="utf-8"))`,
        'print([layer["name"] for layer in weights["layers"]])',
      );
  }
}

/** By column, each input is a vector; else a matrix of one column, or of all. */
function onnx(network: Network, file: string, isByColumn: boolean): string {
  const session = `session = onnxruntime.InferenceSession(${file})`;
  if (!speaksNames(network)) return plainOnnx(network, session, isByColumn);
  const each = (name: string, type: string) => {
    const cells = isByColumn ? "rows[name]" : "rows[[name]]";
    switch (type) {
      case "time": {
        const times = 'pandas.to_datetime(rows[name], utc=True).to_numpy("datetime64[us]").astype("int64")';
        return `${times}${isByColumn ? "" : "[:, None]"} for name in ${name}`;
      }
      case "category":
        return `${cells}.fillna("").astype(str).to_numpy(object) for name in ${name}`;
      default:
        return `${cells}.astype("float64").to_numpy() for name in ${name}`;
    }
  };
  const groups = columnsByKind(network).map(([type, names]) => `{name: ${each(JSON.stringify(names), type)}}`);
  return lines(
    "import onnxruntime, pandas",
    `${session}; rows = ${readRows(network)}`,
    `print(session.run(None, ${groups.join(" | ")}))`,
  );
}

/** Booleans are often written as words. */
function readRows(network: Network): string {
  const hasBooleans = inputColumns(network).some(({ type }) => type === "boolean");
  return `pandas.read_csv("rows.csv"${hasBooleans ? ', true_values=["yes"], false_values=["no"]' : ""})`;
}

/** Columns that one expression turns into an input. */
function columnsByKind(network: Network): [string, string[]][] {
  const kinds = new Map<string, string[]>();
  for (const { name, type } of inputColumns(network)) {
    const kind = type === "boolean" ? "number" : type;
    kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  return [...kinds];
}

function plainOnnx(network: Network, session: string, isByColumn: boolean): string {
  const names = network.features ?? Array.from({ length: network.inputs }, (_, index) => `x_${index}`);
  const feed = isByColumn
    ? `{name: np.array([0.5]) for name in ${JSON.stringify(names)}}`
    : `{"x": np.array(${rowOf(network)}, "${network.dtype}")}`;
  return lines("import numpy as np, onnxruntime", session, `print(session.run(None, ${feed}))`);
}

function mlflow(network: Network): string {
  const load = `model = mlflow.pyfunc.load_model(${quoted(network.name)})`;
  if (!speaksNames(network)) {
    const rows = `np.array(${rowOf(network)}, "${network.dtype}")`;
    const asked = network.features ? `pandas.DataFrame(${rows}, columns=${JSON.stringify(network.features)})` : rows;
    return lines("import mlflow, numpy as np, pandas", load, `print(model.predict(${asked}))`);
  }
  const types = columnsByKind(network).flatMap(([kind, names]) =>
    names.map((name) => `${quoted(name)}: "${kind === "number" ? "float64" : "object"}"`),
  );
  return lines(
    "import mlflow, pandas",
    load,
    `print(model.predict(${readRows(network)}.astype({${types.join(", ")}})))`,
  );
}

const MOST_NUMBERS = 8;

/** One row of numbers; a wide one is written by its length. */
const rowOf = ({ inputs }: Network): string =>
  inputs > MOST_NUMBERS ? `[[0.5] * ${inputs}]` : `[[${Array(inputs).fill("0.5").join(", ")}]]`;

const quoted = (text: string): string => JSON.stringify(text);
const lines = (...all: string[]): string => all.join("\n");
