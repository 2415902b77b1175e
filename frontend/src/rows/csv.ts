/** Rows from pasted or opened text: comma, semicolon or tab between cells, quotes where needed, a header or none. */
import type { Cell } from "../api/datasets";
import { columnsOf, targetColumns } from "../api/table";
import type { Network } from "../api/types";
import type { Source } from "./source";
import type { Rows, Target } from "./types";

export interface Fault {
  key: "rows.fault.width" | "rows.fault.number" | "rows.fault.column" | "rows.fault.few" | "rows.fault.target";
  values: Record<string, string | number>;
}

/** The rows for this network: its inputs by name where there is a header, else its first columns; targets are the rest. */
export function readRows(text: string, network: Network): Source | Fault {
  const lines = cellsOf(text);
  const first = lines[0]?.cells;
  if (!first) return { key: "rows.fault.few", values: {} };
  const hasHeader = first.slice(0, network.inputs).some((cell) => cell.trim() === "" || Number.isNaN(Number(cell)));
  const places = hasHeader ? placesByName(first, network) : first.map((_, index) => index).slice(0, network.inputs);
  if (!Array.isArray(places)) return places;
  const rest = first.map((_, index) => index).filter((index) => !places.includes(index));
  if (rest.length === 0) return { key: "rows.fault.target", values: { count: network.inputs } };
  const rows: Rows = { inputs: [], targets: [] };
  const own = hasHeader ? lines.slice(1) : lines;
  for (const { line, cells } of own) {
    if (cells.length !== first.length)
      return { key: "rows.fault.width", values: { line, count: cells.length, wanted: first.length } };
    const inputs = places.map((place) => Number(cells[place]));
    const wrong = places.find((place, at) => cells[place]?.trim() === "" || !Number.isFinite(inputs[at]));
    if (wrong !== undefined)
      return { key: "rows.fault.number", values: { line, column: wrong + 1, text: cells[wrong] ?? "" } };
    rows.inputs.push(inputs);
    rows.targets.push(targetOf(rest.map((place) => (cells[place] ?? "").trim())));
  }
  return rows.inputs.length > 0
    ? { kind: "rows", rows, lines: own.map(({ line }) => line) }
    : { key: "rows.fault.few", values: {} };
}

/** The rows for a network that speaks names: objects by column, numbers where they are such, null where a cell is empty. */
export function readObjects(text: string, network: Network): Source | Fault {
  const [header, ...lines] = cellsOf(text);
  if (!header || lines.length === 0) return { key: "rows.fault.few", values: {} };
  const names = header.cells.map((name) => name.trim());
  const wanted = [...(network.features ?? []), ...targetColumns(network)];
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) return { key: "rows.fault.column", values: { column: missing, known: names.join(", ") } };
  const words = new Set(
    columnsOf(network).flatMap(({ name, type }) => (type === "category" || type === "time" ? [name] : [])),
  );
  const objects: Record<string, Cell>[] = [];
  for (const { line, cells } of lines) {
    if (cells.length !== names.length)
      return { key: "rows.fault.width", values: { line, count: cells.length, wanted: names.length } };
    objects.push(
      Object.fromEntries(wanted.map((name) => [name, cellOf(cells[names.indexOf(name)] ?? "", words.has(name))])),
    );
  }
  return { kind: "objects", objects, lines: lines.map(({ line }) => line) };
}

function cellOf(text: string, isWord: boolean): Cell {
  const plain = text.trim();
  if (plain === "") return null;
  const number = Number(plain);
  return isWord || !Number.isFinite(number) ? plain : number;
}

function placesByName(header: string[], network: Network): number[] | Fault {
  const names = header.map((name) => name.trim());
  if (!network.features) return names.map((_, index) => index).slice(0, network.inputs);
  const missing = network.features.find((feature) => !names.includes(feature));
  if (missing !== undefined) return { key: "rows.fault.column", values: { column: missing, known: names.join(", ") } };
  return network.features.map((feature) => names.indexOf(feature));
}

function targetOf(cells: string[]): Target {
  const numbers = cells.map(Number);
  const areNumbers = cells.every((cell, index) => cell !== "" && Number.isFinite(numbers[index]));
  if (cells.length === 1) return areNumbers ? (numbers[0] ?? 0) : (cells[0] ?? "");
  return numbers;
}

/** Cells with the number of the line they begin in; empty lines are left out. */
export function cellsOf(text: string): { line: number; cells: string[] }[] {
  const delimiter = [",", ";", "\t"].toSorted((a, b) => count(text, b) - count(text, a))[0] ?? ",";
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  let line = 1;
  let startedAt = 1;
  const end = () => {
    cells.push(cell);
    if (cells.length > 1 || cell.trim() !== "") rows.push({ line: startedAt, cells });
    cells = [];
    cell = "";
    startedAt = line;
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "\n") line += 1;
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"' && cell.trim() === "") [isQuoted, cell] = [true, ""];
    else if (letter === delimiter) [cells, cell] = [[...cells, cell], ""];
    else if (letter === "\n") end();
    else if (letter !== "\r") cell += letter;
  }
  end();
  return rows;
}

const count = (text: string, part: string): number => text.slice(0, 2000).split(part).length;
