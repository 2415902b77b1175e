import { curveOf } from "../inside/activations";

const REACH = 4;
const SIZE = 40;

/** An activation from −4 to 4, in a square that reaches as far upward and down. Softmax: shares that make one whole. */
export function Curve({
  name,
  options,
  size = SIZE,
}: {
  name: string;
  options?: Record<string, unknown>;
  size?: number;
}) {
  const curve = curveOf(name, options);
  const x = (z: number) => ((z + REACH) / (2 * REACH)) * SIZE;
  const isBounded = curve !== null && [-REACH, REACH].every((z) => Math.abs(curve(z)) <= 1.01);
  const height = isBounded ? 1.25 : REACH;
  const y = (a: number) => SIZE / 2 - (a / height) * (SIZE / 2);
  const points =
    curve &&
    Array.from({ length: 49 }, (_, index) => -REACH + (index / 48) * 2 * REACH).map(
      (z) => `${x(z).toFixed(1)},${y(curve(z)).toFixed(1)}`,
    );
  return (
    <svg class="curve" viewBox={`0 0 ${SIZE} ${SIZE}`} width={size} height={size} aria-hidden="true">
      {points ? (
        <>
          <path class="axis" d={`M0 ${SIZE / 2}H${SIZE}M${SIZE / 2} 0V${SIZE}`} />
          <polyline points={points.join(" ")} />
        </>
      ) : (
        [0.25, 0.55, 1, 0.4].map((share, index) => (
          <rect x={4 + index * 9} y={36 - share * 30} width="6" height={share * 30} />
        ))
      )}
    </svg>
  );
}
