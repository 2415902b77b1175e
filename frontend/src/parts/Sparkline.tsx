interface Props {
  values: (number | null)[];
  label: string;
  width?: number;
  height?: number;
}

/** Below this a loss is rounding noise, of which a log axis would make a mountain range. */
const CONVERGED = 1e-8;

/** A loss as a small line, on a log axis where it can be; a gap is a number that is none. */
export function Sparkline({ values, label, width = 120, height = 32 }: Props) {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length < 2) return <svg class="spark" width={width} height={height} role="img" aria-label={label} />;
  const isLog = known.every((value) => value > 0);
  const scale = isLog ? (value: number) => Math.log(Math.max(value, CONVERGED)) : (value: number) => value;
  const low = scale(Math.min(...known));
  const high = scale(Math.max(...known));
  const y = (value: number) => (high === low ? height / 2 : 3 + ((high - scale(value)) / (high - low)) * (height - 6));
  const x = (index: number) => 2 + (index / (values.length - 1)) * (width - 6);
  const path = values
    .map((value, index) =>
      value === null
        ? ""
        : `${index === 0 || values[index - 1] === null ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join("");
  const last = values.length - 1;
  const end = values[last];
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={path} />
      {end !== null && end !== undefined && <circle cx={x(last)} cy={y(end)} r="2.5" />}
    </svg>
  );
}
