import { axisText, rangeOf, ticksOf } from "./axis";

export type Point = readonly [x: number, y: number];

interface Props {
  title: string;
  /** What is along each axis. */
  x: string;
  y: string;
  line?: readonly Point[] | undefined;
  /** Others, below it and weaker. */
  faint?: readonly (readonly Point[])[];
  points?: readonly Point[];
  /** Where both axes are equal. */
  diagonal?: boolean;
  mark?: Point | null;
  /** Whether axes end where the numbers do, though all are from 0 to 1. */
  isTight?: boolean;
  /** What stands along the lower axis instead of round numbers. */
  xTicks?: readonly { at: number; text: string }[] | undefined;
}

const NONE: readonly Point[] = [];
const WIDTH = 340;
const HEIGHT = 280;
/** Of a letter. */
const LETTER = 6.5;
const BOTTOM = 40;
const GAP = 10;

/** A small picture of two numbers against each other; shares from 0 to 1 where all are such. */
export function Plot({
  title,
  x,
  y,
  line = NONE,
  faint = [],
  points = NONE,
  diagonal = false,
  mark = null,
  isTight = false,
  xTicks,
}: Props) {
  const all = [...line, ...points, ...faint.flat()];
  const shared = diagonal ? rangeOf(all.flat()) : null;
  const own = (values: number[]) => (isTight ? rangeOf(values, false) : rangeOf(values));
  const horizontal = shared ?? own(all.map(([at]) => at));
  const vertical = shared ?? own(all.map(([, at]) => at));
  const ticks = ticksOf(vertical).map((tick) => ({ tick, text: axisText(tick) }));
  const left = 32 + LETTER * Math.max(...ticks.map(({ text }) => text.length), 0);
  const placeX = (value: number) => left + part(value, horizontal) * (WIDTH - left - GAP);
  const placeY = (value: number) => HEIGHT - BOTTOM - part(value, vertical) * (HEIGHT - BOTTOM - GAP);
  const at = ([across, up]: Point) => `${placeX(across).toFixed(1)} ${placeY(up).toFixed(1)}`;
  const [low, high] = horizontal;
  const below = xTicks ?? ticksOf(horizontal).map((tick) => ({ at: tick, text: axisText(tick) }));
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}: ${x}, ${y}`}>
        {ticks.map(({ tick, text }) => (
          <>
            <path class="plot-grid" d={`M${left} ${placeY(tick)}H${WIDTH - GAP}`} />
            <text x={left - 6} y={placeY(tick) + 4} text-anchor="end">
              {text}
            </text>
          </>
        ))}
        {below
          .filter((tick) => tick.at >= low && tick.at <= high)
          .map((tick) => (
            <text x={placeX(tick.at)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
              {tick.text}
            </text>
          ))}
        <text x={(left + WIDTH - GAP) / 2} y={HEIGHT - 6} text-anchor="middle">
          {x}
        </text>
        <text
          x={12}
          y={(HEIGHT - BOTTOM) / 2}
          text-anchor="middle"
          transform={`rotate(-90 12 ${(HEIGHT - BOTTOM) / 2})`}
        >
          {y}
        </text>
        {diagonal && <path class="plot-diagonal" d={`M${at([low, low])}L${at([high, high])}`} />}
        {faint.map((each) => each.length > 1 && <path class="plot-line plot-faint" d={`M${each.map(at).join("L")}`} />)}
        {line.length > 1 && <path class="plot-line" d={`M${line.map(at).join("L")}`} />}
        {points.map(([across, up]) => (
          <circle class="plot-point" cx={placeX(across)} cy={placeY(up)} r="3" />
        ))}
        {mark && <circle class="plot-mark" cx={placeX(mark[0])} cy={placeY(mark[1])} r="6" />}
      </svg>
    </figure>
  );
}

const part = (value: number, [low, high]: readonly [number, number]): number => (value - low) / (high - low);
