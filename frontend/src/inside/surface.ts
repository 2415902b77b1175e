/** What a network, and each of its units, makes of every place of a plane. */
import { type Table, tableOf } from "./forward";

export interface Extent {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** Points across, and up. */
export const CELLS = 64;
/** While it moves: no more is seen then. */
export const MOVING_CELLS = 32;
const MARGIN = 0.12;

export function extentOf(points: readonly (readonly number[])[]): Extent {
  const span = (values: number[]): [number, number] => {
    if (values.length === 0) return [-1, 1];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const room = (high - low || 1) * MARGIN;
    return [low - room, high + room];
  };
  const [left, right] = span(points.map((point) => point[0] ?? 0));
  const [bottom, top] = span(points.map((point) => point[1] ?? 0));
  return { left, right, bottom, top };
}

/** The plane's points, row by row from the top. */
export function plane({ left, right, bottom, top }: Extent, cells = CELLS): Table {
  const points: number[][] = [];
  for (let row = 0; row < cells; row += 1) {
    for (let column = 0; column < cells; column += 1) {
      points.push([left + ((column + 0.5) / cells) * (right - left), top - ((row + 0.5) / cells) * (top - bottom)]);
    }
  }
  return tableOf(points);
}

/** One unit's values. */
export function columnOf({ rows, width, values }: Table, unit: number): Float64Array {
  const column = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) column[row] = values[row * width + unit]!;
  return column;
}

/** The line on which the values of a square are 0, as an SVG path in a square of `CELLS`: marching squares. */
export function boundary(values: ArrayLike<number>): string {
  const cells = Math.sqrt(values.length);
  const parts: string[] = [];
  for (let row = 0; row < cells - 1; row += 1) {
    for (let column = 0; column < cells - 1; column += 1) {
      const at = row * cells + column;
      const isAbove = values[at]! > 0;
      if (
        values[at + 1]! > 0 !== isAbove ||
        values[at + cells]! > 0 !== isAbove ||
        values[at + cells + 1]! > 0 !== isAbove
      )
        crossed(values, cells, column, row, parts);
    }
  }
  return parts.join("");
}

/** The corners of a cell of the grid, around it. */
const AROUND: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

function crossed(values: ArrayLike<number>, cells: number, column: number, row: number, parts: string[]): void {
  const size = CELLS / cells;
  const crossings: string[] = [];
  AROUND.forEach(([dx, dy], index) => {
    const [nextX, nextY] = AROUND[(index + 1) % 4]!;
    const here = values[(row + dy) * cells + column + dx]!;
    const next = values[(row + nextY) * cells + column + nextX]!;
    if (here > 0 === next > 0) return;
    const share = here / (here - next);
    const x = size * (column + dx + 0.5 + share * (nextX - dx));
    const y = size * (row + dy + 0.5 + share * (nextY - dy));
    crossings.push(`${x.toFixed(2)} ${y.toFixed(2)}`);
  });
  for (let index = 0; index + 1 < crossings.length; index += 2)
    parts.push(`M${crossings[index]}L${crossings[index + 1]}`);
}
