const HEIGHT = 24;
const WIDTH = 5;

/** How often values of each size are there, as small columns. */
export function Histogram({ counts, label }: { counts: number[]; label: string }) {
  const most = Math.max(...counts, 1);
  return (
    <svg class="histogram" width={counts.length * WIDTH} height={HEIGHT} role="img" aria-label={label}>
      {counts.map((count, index) => (
        <rect
          x={index * WIDTH}
          width={WIDTH - 1}
          y={HEIGHT - (count / most) * HEIGHT}
          height={(count / most) * HEIGHT}
        />
      ))}
    </svg>
  );
}
