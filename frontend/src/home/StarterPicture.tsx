import { useEffect, useState } from "preact/hooks";
import { classColour, classOf } from "../parts/classes";
import type { Rows, Target } from "../rows/types";
import type { Starter } from "../starters/starters";

const SIZE = 96;
const EDGE = 8;

/** The rows themselves, small: points of two inputs, or a few of the digits. Says nothing that the words do not. */
export function StarterPicture({ starter }: { starter: Starter }) {
  const [rows, setRows] = useState<Rows | null>(null);
  useEffect(() => {
    starter.rows().then(setRows, () => undefined);
  }, [starter.id]);
  return (
    <svg
      class="starter-picture"
      viewBox={starter.id === "digits" ? "0 0 4.4 1" : `0 0 ${SIZE * 2} ${SIZE}`}
      aria-hidden="true"
    >
      {rows &&
        (starter.id === "digits" ? (
          <Digits rows={rows} />
        ) : (
          <Points rows={rows} labels={starter.network.labels as string[]} />
        ))}
    </svg>
  );
}

function Points({ rows, labels }: { rows: Rows; labels: readonly string[] }) {
  const xs = rows.inputs.map((row) => row[0] ?? 0);
  const ys = rows.inputs.map((row) => row[1] ?? 0);
  const place = (value: number, all: number[], size: number) =>
    EDGE + ((value - Math.min(...all)) / (Math.max(...all) - Math.min(...all) || 1)) * (size - 2 * EDGE);
  const isFew = rows.inputs.length < 20;
  return (
    <>
      {rows.inputs.map((_, index) => (
        <circle
          style={{ fill: `var(--${classColour(classIndex(rows.targets[index]!, labels))})` }}
          cx={place(xs[index] ?? 0, xs, SIZE) + SIZE / 2}
          cy={SIZE - place(ys[index] ?? 0, ys, SIZE)}
          r={isFew ? 5 : 1.6}
        />
      ))}
    </>
  );
}

function Digits({ rows }: { rows: Rows }) {
  return (
    <>
      {[13, 42, 5, 77].map((chosen, place) => (
        <g transform={`translate(${place * 1.13} 0) scale(0.125)`}>
          {rows.inputs[chosen]?.map(
            (ink, index) =>
              ink > 0 && <rect x={index % 8} y={Math.floor(index / 8)} width="1.02" height="1.02" opacity={ink} />,
          )}
        </g>
      ))}
    </>
  );
}

/** In the order of the network's labels, as everywhere. */
const classIndex = (target: Target, labels: readonly string[]): number =>
  (Array.isArray(target) ? classOf(target, labels.length) : labels.indexOf(String(target))) ?? 0;
