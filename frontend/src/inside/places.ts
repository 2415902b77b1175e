/** Where the parts of a drawing are. */
export const RADIUS = 15;
/** A column with more units shows the first ones and says how many it leaves out. */
export const MOST_UNITS = 16;

/** Wide where there is room, near each other on a phone. */
const WIDE = { column: 168, side: 88 };
const NARROW = { column: 100, side: 74 };
export const narrow = matchMedia("(max-width: 40rem)");
/** Few units get more air. */
const rowHeight = (units: number) => (units <= 4 ? 60 : 44);

export interface Places {
  width: number;
  height: number;
  x(stage: number): number;
  y(stage: number, unit: number): number;
}

/** Of columns with so many units each, below a head. */
export function placesOf(units: readonly number[], head: number): Places {
  const seen = units.map((each) => Math.min(each, MOST_UNITS));
  const tallest = Math.max(1, ...seen);
  const { column, side } = narrow.matches ? NARROW : WIDE;
  const row = rowHeight(tallest);
  return {
    width: side * 2 + (units.length - 1) * column,
    height: head + tallest * row + 12,
    x: (stage) => side + stage * column,
    y: (stage, unit) => head + row / 2 + unit * row + ((tallest - seen[stage]!) * row) / 2,
  };
}
