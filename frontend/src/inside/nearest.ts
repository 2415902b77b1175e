/** Which connection is meant by a click: the nearest one, for most are too thin to be hit. */
import { MOST_UNITS, type Places, RADIUS } from "./places";
import type { Stage } from "./stages";

type Point = readonly [x: number, y: number];
type Curve = readonly [Point, Point, Point, Point];

/** A unit of a column, and where its connection comes from in the column before. */
export interface Edge {
  stage: number;
  unit: number;
  from: number;
}

/** How far from a line a click still means it. */
const REACH = 9;
const SAMPLES = 24;

/** The control points of a connection. */
export function curveOf({ x, y }: Places, stage: number, from: number, unit: number): Curve {
  const middle = (x(stage) + x(stage - 1)) / 2;
  const [before, after] = [y(stage - 1, from), y(stage, unit)];
  return [
    [x(stage - 1) + RADIUS, before],
    [middle, before],
    [middle, after],
    [x(stage) - RADIUS, after],
  ];
}

/** Null where no connection is near. */
export function nearestEdge(stages: readonly Stage[], places: Places, [x, y]: Point): Edge | null {
  let nearest: Edge | null = null;
  let least = REACH;
  stages.forEach(({ weights }, stage) => {
    if (!weights || x < places.x(stage - 1) || x > places.x(stage)) return;
    for (let from = 0; from < Math.min(weights.length, MOST_UNITS); from += 1) {
      for (let unit = 0; unit < Math.min(weights[from]!.length, MOST_UNITS); unit += 1) {
        const distance = distanceTo(curveOf(places, stage, from, unit), x, y);
        if (distance >= least) continue;
        least = distance;
        nearest = { stage, unit, from };
      }
    }
  });
  return nearest;
}

function distanceTo([start, pull, push, end]: Curve, x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step <= SAMPLES; step += 1) {
    const s = step / SAMPLES;
    const r = 1 - s;
    const [a, b, c, d] = [r * r * r, 3 * r * r * s, 3 * r * s * s, s * s * s];
    const dx = a * start[0] + b * pull[0] + c * push[0] + d * end[0] - x;
    const dy = a * start[1] + b * pull[1] + c * push[1] + d * end[1] - y;
    least = Math.min(least, Math.hypot(dx, dy));
  }
  return least;
}
