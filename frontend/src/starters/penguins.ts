import address from "../../../service/demo/penguins.csv?url";
import { requestText } from "../api/request";
import type { Rows } from "../rows/types";

export const FEATURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];
export const SPECIES = ["Adelie", "Chinstrap", "Gentoo"];

export async function penguins(): Promise<Rows> {
  const text = await requestText(address, { headers: { Accept: "text/csv" } });
  const [names = [], ...cells] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const rows = cells.map((row) => ({ species: row[names.indexOf("species")] ?? "", measures: measured(names, row) }));
  // Two birds got away unmeasured: their cells are NA.
  const known = rows.filter((row) => row.measures.every(Number.isFinite));
  return { inputs: known.map((row) => row.measures), targets: known.map((row) => row.species) };
}

function measured(names: string[], row: string[]): number[] {
  return FEATURES.map((name) => Number(row[names.indexOf(name)]));
}
