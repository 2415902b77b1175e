import { compareHistories } from "../api/jobs";
import { useLoaded } from "../parts/useLoaded";

const POINTS = 240;
const WIDTH = 1000;
const HEIGHT = 40;

/** Where an epoch lies along the scrubber, on which the snapshots stand evenly spaced, of whatever epochs they are. */
function placeOf(epoch: number, stops: readonly number[]): number {
  const next = Math.max(
    1,
    stops.findIndex((stop) => stop >= epoch),
  );
  const [from, to] = [stops[next - 1]!, stops[next]!];
  return (next - 1 + (epoch - from) / (to - from)) / (stops.length - 1);
}

/** The loss along the scrubber, and where in it one is; `stops` are the epochs of the snapshots. */
export function LossStrip({ job, stops, at }: { job: string; stops: readonly number[]; at: number }) {
  const { value } = useLoaded(job, (signal) => compareHistories([job], { max_points: POINTS, fields: "loss" }, signal));
  const points = (value?.data[0]?.epochs ?? []).filter(
    (each): each is typeof each & { loss: number } =>
      typeof each.loss === "number" && each.epoch >= stops[0]! && each.epoch <= stops.at(-1)!,
  );
  if (points.length < 2 || stops.length < 2) return null;
  const isLog = points.every(({ loss }) => loss > 0);
  const size = (loss: number) => (isLog ? Math.log(loss) : loss);
  const sizes = points.map(({ loss }) => size(loss));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const x = (epoch: number) => placeOf(epoch, stops) * WIDTH;
  const here = (at / (stops.length - 1)) * WIDTH;
  const y = (at: number) => 3 + ((high - at) / (high - low || 1)) * (HEIGHT - 6);
  return (
    <svg class="loss-strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path
        d={points
          .map(({ epoch }, index) => `${index === 0 ? "M" : "L"}${x(epoch).toFixed(1)} ${y(sizes[index]!).toFixed(1)}`)
          .join("")}
      />
      <line x1={here} x2={here} y1="0" y2={HEIGHT} />
    </svg>
  );
}
