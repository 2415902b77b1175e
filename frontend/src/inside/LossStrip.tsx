import { useMemo } from "preact/hooks";
import { compareHistories } from "../api/jobs";
import { useLoaded } from "../parts/useLoaded";
import { after, useThrottled } from "../parts/useThrottled";

const POINTS = 240;
const WIDTH = 1000;
const HEIGHT = 40;
/** While a training goes on, the points between its stops are asked for again after so long. */
const LOOK_AGAIN_MS = 5000;
/** And those that it has are drawn again. */
const DRAW_AGAIN = after(500);

interface Point {
  epoch: number;
  loss: number | null;
}

interface Props {
  job: string;
  stops: readonly Point[];
  at: number;
  isLive?: boolean;
}

/** Where epochs lie along the scrubber, on which the stops stand evenly spaced; asked from the first epoch to the last. */
function placing(stops: readonly Point[]): (epoch: number) => number {
  let next = 1;
  return (epoch) => {
    while (stops[next]!.epoch < epoch) next += 1;
    const [from, to] = [stops[next - 1]!.epoch, stops[next]!.epoch];
    return (next - 1 + (epoch - from) / (to - from)) / (stops.length - 1);
  };
}

/** The line of the loss, or null where there is none. */
function lineOf(stops: readonly Point[], asked: readonly Point[]): string | null {
  const [first, last] = [stops[0]!.epoch, stops.at(-1)!.epoch];
  const known = new Map([...stops, ...asked].map(({ epoch, loss }) => [epoch, loss]));
  const points = [...known]
    .flatMap(([epoch, loss]) =>
      loss === null || epoch < first || epoch > last || epoch === 0 ? [] : [{ epoch, loss }],
    )
    .sort((a, b) => a.epoch - b.epoch);
  if (points.length < 2 || stops.length < 2) return null;
  const isLog = points.every(({ loss }) => loss > 0);
  const sizes = points.map(({ loss }) => (isLog ? Math.log(loss) : loss));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const placeOf = placing(stops);
  const x = (epoch: number) => (placeOf(epoch) * WIDTH).toFixed(1);
  const y = (size: number) => (3 + ((high - size) / (high - low || 1)) * (HEIGHT - 6)).toFixed(1);
  return points.map(({ epoch }, index) => `${index === 0 ? "M" : "L"}${x(epoch)} ${y(sizes[index]!)}`).join("");
}

/** The loss along the scrubber, and where in it one is. */
export function LossStrip({ job, stops: newest, at, isLive = false }: Props) {
  const { value } = useLoaded(
    job,
    (signal) => compareHistories([job], { max_points: POINTS, fields: "loss" }, signal),
    () => (isLive ? LOOK_AGAIN_MS : null),
  );
  const stops = useThrottled(newest, DRAW_AGAIN, isLive);
  const line = useMemo(
    () => lineOf(stops, value?.data[0]?.epochs.map(({ epoch, loss }) => ({ epoch, loss: loss ?? null })) ?? []),
    [stops, value],
  );
  if (line === null) return null;
  const here = (at / (newest.length - 1)) * WIDTH;
  return (
    <svg class="loss-strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={line} />
      <line x1={here} x2={here} y1="0" y2={HEIGHT} />
    </svg>
  );
}
