import type { Search } from "../api/searches";
import { short } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { parameterName, written } from "./space";
import { clamped, type Done, endsOf, placeOn, ranked } from "./trials";

const HEIGHT = 260;
const TOP = 44;
const BOTTOM = 24;
const STEP = 150;
const EDGE = 70;
/** So many are drawn in the strong colour. */
const BEST = 3;

/** Every trial as a line through its parameters to its value: the best ones strong and on top. */
export function Parallel({ search, done }: { search: Search; done: readonly Done[] }) {
  const parameters = Object.entries(search.parameters);
  const order = ranked(done, search.objective.goal);
  const { values } = clamped(done, search.objective.goal);
  const heights = new Map(done.map(({ trial }, at) => [trial, values[at]!]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const width = 2 * EDGE + STEP * parameters.length;
  const x = (axis: number) => EDGE + STEP * axis;
  const y = (place: number) => TOP + (1 - place) * (HEIGHT - TOP - BOTTOM);
  const lineOf = (trial: Done) => {
    const places = parameters.map(([pointer, parameter]) => placeOn(parameter, trial.parameters[pointer]));
    const ends = [...places, high === low ? 0.5 : (heights.get(trial.trial)! - low) / (high - low)];
    const points = ends.flatMap((place, axis) => (place === null ? [] : [`${x(axis)} ${y(place).toFixed(1)}`]));
    return `M${points.join("L")}`;
  };
  const axes = [
    ...parameters.map(([pointer, parameter]) => ({ name: parameterName(pointer), ends: endsOf(parameter) })),
    { name: search.objective.metric, ends: [low, high] as [unknown, unknown] },
  ];
  return (
    <Scroll label={t("searches.parallel")}>
      <svg class="parallel" width={width} height={HEIGHT} role="img" aria-label={t("searches.parallel")}>
        {order
          .map((trial, place) => (
            <path class={place < BEST ? "parallel-line parallel-best" : "parallel-line"} d={lineOf(trial)}>
              <title>{t("searches.trial.of", { trial: trial.trial, value: short(trial.value) })}</title>
            </path>
          ))
          .reverse()}
        {axes.map(({ name, ends: [from, to] }, axis) => (
          <g class="parallel-axis">
            <path d={`M${x(axis)} ${TOP}V${HEIGHT - BOTTOM}`} />
            <text x={x(axis)} y={14}>
              {name}
            </text>
            <text class="quiet" x={x(axis)} y={TOP - 8}>
              {shortened(to)}
            </text>
            <text class="quiet" x={x(axis)} y={HEIGHT - 6}>
              {shortened(from)}
            </text>
          </g>
        ))}
      </svg>
    </Scroll>
  );
}

/** Of letters that fit between two axes. */
const LETTERS = 20;

function shortened(value: unknown): string {
  const text = written(value, 3);
  return text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text;
}
