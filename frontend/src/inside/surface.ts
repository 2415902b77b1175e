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
export function plane({ left, right, bottom, top }: Extent): Table {
  const points: number[][] = [];
  for (let row = 0; row < CELLS; row += 1) {
    for (let column = 0; column < CELLS; column += 1) {
      points.push([left + ((column + 0.5) / CELLS) * (right - left), top - ((row + 0.5) / CELLS) * (top - bottom)]);
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

/** The line on which `values` are 0, as an SVG path in cells: marching squares. */
export function boundary(values: ArrayLike<number>): string {
  const parts: string[] = [];
  const at = (column: number, row: number) => values[row * CELLS + column]!;
  for (let row = 0; row < CELLS - 1; row += 1) {
    for (let column = 0; column < CELLS - 1; column += 1) {
      const corners: [number, number][] = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ];
      const crossings: string[] = [];
      corners.forEach(([x, y], index) => {
        const [nextX, nextY] = corners[(index + 1) % 4]!;
        const [here, next] = [at(x, y), at(nextX, nextY)];
        if (here > 0 === next > 0) return;
        const share = here / (here - next);
        crossings.push(`${(x + 0.5 + share * (nextX - x)).toFixed(2)} ${(y + 0.5 + share * (nextY - y)).toFixed(2)}`);
      });
      for (let index = 0; index + 1 < crossings.length; index += 2)
        parts.push(`M${crossings[index]}L${crossings[index + 1]}`);
    }
  }
  return parts.join("");
}
