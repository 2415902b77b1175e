import { compareHistories } from "../api/jobs";
import { useLoaded } from "../parts/useLoaded";

const POINTS = 240;
const WIDTH = 1000;
const HEIGHT = 40;

/** The loss along the scrubber, and where in it one is. Snapshots are evenly spaced there, so epochs are as well. */
export function LossStrip({ job, epoch, last }: { job: string; epoch: number; last: number }) {
  const { value } = useLoaded(job, (signal) => compareHistories([job], { max_points: POINTS, fields: "loss" }, signal));
  const points = (value?.data[0]?.epochs ?? []).filter((each): each is typeof each & { loss: number } => typeof each.loss === "number");
  if (points.length < 2 || last === 0) return null;
  const isLog = points.every(({ loss }) => loss > 0);
  const size = (loss: number) => (isLog ? Math.log(loss) : loss);
  const sizes = points.map(({ loss }) => size(loss));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const x = (epoch: number) => (epoch / last) * WIDTH;
  const y = (at: number) => 3 + ((high - at) / (high - low || 1)) * (HEIGHT - 6);
  return (
    <svg class="loss-strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={points.map(({ epoch }, index) => `${index === 0 ? "M" : "L"}${x(epoch).toFixed(1)} ${y(sizes[index]!).toFixed(1)}`).join("")} />
      <line x1={x(epoch)} x2={x(epoch)} y1="0" y2={HEIGHT} />
    </svg>
  );
}
