import { useLayoutEffect, useRef } from "preact/hooks";
import { Still } from "../parts/Still";
import { t } from "../texts/texts";
import { curveOf } from "./nearest";
import { MOST_UNITS, type Places } from "./places";
import { largest } from "./scale";
import type { Stage } from "./stages";

interface Props {
  stage: Stage;
  at: number;
  places: Places;
  lit: boolean;
  chosen: number | null;
}

/** Widths and strengths of lines; finer ones are not seen, and each line would be drawn again for each frame. */
const STEPS = 32;

/**
 * The weights that lead to a stage. Where they move, only what differs of each line is set, and a weight is written out
 * only for the line that is pointed at.
 */
export function Edges({ stage, at, places, lit, chosen }: Props) {
  const group = useRef<SVGGElement>(null);
  const title = useRef<HTMLTitleElement>(null);
  /** The line that is pointed at; −1 for none. */
  const pointed = useRef(-1);
  const drawn = useRef<string[]>([]);
  const weights = stage.weights!;
  const height = Math.min(weights.length, MOST_UNITS);
  const width = Math.min(weights[0]?.length ?? 0, MOST_UNITS);
  const { x, y } = places;
  const shape = [height, width, x(at - 1), x(at), y(at - 1, 0), y(at - 1, 1), y(at, 0)];
  const say = () => {
    if (pointed.current < 0) return;
    const [from, to] = [Math.floor(pointed.current / width), pointed.current % width];
    title.current!.textContent = `${t("inside.weight", { from: from + 1, to: to + 1 })} = ${weights[from]?.[to]}`;
  };
  useLayoutEffect(() => {
    drawn.current = [];
  }, shape);
  useLayoutEffect(() => {
    const shown = weights.slice(0, height).map((own) => own.slice(0, width));
    const most = largest(shown.flat()) || 1;
    group.current!.querySelectorAll("path").forEach((line, index) => {
      const unit = index % width;
      const weight = shown[Math.floor(index / width)]![unit]!;
      const step = Math.round((STEPS * Math.abs(weight)) / most) / STEPS;
      const name = `${weight < 0 ? "negative" : "positive"}${chosen === null || chosen === unit ? "" : " aside-edge"}`;
      const look = `${name} ${step}`;
      if (drawn.current[index] === look) return;
      drawn.current[index] = look;
      line.setAttribute("class", name);
      line.setAttribute("stroke-width", (0.5 + 5 * step).toFixed(2));
      line.setAttribute("stroke-opacity", (0.25 + 0.75 * step).toFixed(2));
    });
    say();
  }, [weights, chosen, ...shape]);
  return (
    <g
      ref={group}
      class={lit ? "edges" : "edges unlit"}
      onPointerOver={({ target }) => {
        pointed.current = [...group.current!.querySelectorAll("path")].indexOf(target as SVGPathElement);
        say();
      }}
      onPointerLeave={() => {
        pointed.current = -1;
      }}
    >
      <title ref={title} />
      <Still on={shape}>{() => <Lines {...{ height, width, at, places }} />}</Still>
    </g>
  );
}

function Lines({ height, width, at, places }: Pick<Props, "at" | "places"> & { height: number; width: number }) {
  return Array.from({ length: height * width }, (_, index) => {
    const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = curveOf(places, at, Math.floor(index / width), index % width);
    return <path key={index} d={`M${x0} ${y0}C${x1} ${y1} ${x2} ${y2} ${x3} ${y3}`} />;
  });
}
