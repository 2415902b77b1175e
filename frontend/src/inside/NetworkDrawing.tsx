/** The network drawn by its own weights: a line's width is a weight's size, its colour the sign, a unit's fill its value. */

import { short } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import "../texts/inside";
import { t } from "../texts/texts";
import type { Fills } from "./fills";
import { largest } from "./scale";
import type { Stage } from "./stages";

export interface Chosen {
  stage: number;
  unit: number;
}

interface Props {
  stages: readonly Stage[];
  /** Of each stage, what its units show. */
  values: readonly (readonly number[] | null)[];
  fills: Fills;
  names: readonly string[];
  outputNames: readonly string[];
  chosen?: Chosen | null;
  /** Only these stages are in full ink; the others are faint. */
  lit?: ReadonlySet<number>;
  /** The same for the weights that lead to a stage. */
  litEdges?: ReadonlySet<number>;
  onChoose?(chosen: Chosen): void;
  label: string;
}

const RADIUS = 15;
const TOP = 44;
/** Wide where there is room, near each other on a phone. */
const WIDE = { column: 168, side: 88 };
const NARROW = { column: 100, side: 74 };
const narrow = matchMedia("(max-width: 40rem)");
/** Few units get more air. */
const rowHeight = (units: number) => (units <= 4 ? 60 : 44);
/** A column with more units shows the first ones and says how many it leaves out. */
export const MOST_UNITS = 16;

export function NetworkDrawing({
  stages,
  values,
  fills,
  names,
  outputNames,
  chosen,
  lit,
  litEdges,
  onChoose,
  label,
}: Props) {
  const tallest = Math.max(...stages.map(({ units }) => Math.min(units, MOST_UNITS)));
  const { column, side } = narrow.matches ? NARROW : WIDE;
  const ROW = rowHeight(tallest);
  const height = TOP + tallest * ROW + 12;
  const width = side * 2 + (stages.length - 1) * column;
  const x = (stage: number) => side + stage * column;
  const y = (stage: number, unit: number) =>
    TOP + ROW / 2 + unit * ROW + ((tallest - Math.min(stages[stage]!.units, MOST_UNITS)) * ROW) / 2;
  const isLit = (stage: number) => !lit || lit.has(stage);
  return (
    <Scroll class="drawing" label={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of an SVG has no other element */}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        style={{ "--drawing-width": `${width}px` }}
        role="group"
        aria-label={label}
      >
        {stages.map(
          (stage, at) =>
            stage.weights && (
              <Edges
                stage={stage}
                at={at}
                x={x}
                y={y}
                lit={!litEdges || litEdges.has(at)}
                chosen={chosen?.stage === at ? chosen.unit : null}
              />
            ),
        )}
        {stages.map((stage, at) => (
          <g class={isLit(at) ? "" : "unlit"}>
            <text class="drawing-name" x={x(at)} y={16}>
              {at === 0 ? t("inside.inputs") : stage.name}
            </text>
            <text class="drawing-caption" x={x(at)} y={31}>
              {stage.caption}
            </text>
            {Array.from({ length: Math.min(stage.units, MOST_UNITS) }, (_, unit) => (
              <Unit
                x={x(at)}
                y={y(at, unit)}
                value={values[at]?.[unit]}
                fill={fills[at]?.[unit]}
                name={at === 0 ? names[unit] : at === stages.length - 1 ? outputNames[unit] : undefined}
                side={at === 0 ? -1 : at === stages.length - 1 ? 1 : 0}
                title={titleOf(stage, at, unit, values[at]?.[unit], names)}
                isChosen={chosen?.stage === at && chosen.unit === unit}
                onChoose={onChoose && at > 0 ? () => onChoose({ stage: at, unit }) : undefined}
              />
            ))}
            {stage.units > MOST_UNITS && (
              <text class="drawing-caption" x={x(at)} y={y(at, MOST_UNITS) - 8}>
                {t("inside.more_units", { n: stage.units - MOST_UNITS })}
              </text>
            )}
          </g>
        ))}
      </svg>
    </Scroll>
  );
}

function titleOf(stage: Stage, at: number, unit: number, value: number | undefined, names: readonly string[]): string {
  const bias = stage.biases[unit];
  const name = at === 0 ? (names[unit] ?? `x ${unit + 1}`) : `${stage.name}, ${t("inside.unit", { n: unit + 1 })}`;
  return [name, value === undefined ? null : `= ${value}`, bias === undefined ? null : `${t("inside.bias")} ${bias}`]
    .filter(Boolean)
    .join("\n");
}

/** Of `island: Biscoe`, the word. */
function cut(name: string): string {
  const word = name.split(": ").at(-1)!;
  const [most, left] = narrow.matches ? [6, 4] : [9, 8];
  return word.length > most ? `${word.slice(0, left)}…` : word;
}

interface UnitProps {
  x: number;
  y: number;
  value: number | undefined;
  fill: string | undefined;
  name: string | undefined;
  side: number;
  title: string;
  isChosen: boolean;
  onChoose?: () => void;
}

function Unit({ x, y, value, fill = "var(--raised)", name, side, title, isChosen, onChoose }: UnitProps) {
  const isButton = onChoose !== undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it has the role of a button where it can be chosen
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: likewise
    <g
      class={`unit${isChosen ? " unit-chosen" : ""}${isButton ? " unit-button" : ""}`}
      role={isButton ? "button" : undefined}
      tabIndex={isButton ? 0 : undefined}
      aria-label={isButton ? title.replaceAll("\n", ", ") : undefined}
      aria-pressed={isButton ? isChosen : undefined}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (!onChoose || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        onChoose();
      }}
    >
      <circle cx={x} cy={y} r={RADIUS} style={{ fill }} />
      <title>{title}</title>
      {value !== undefined && side === 0 && (
        <text class="unit-value" x={x} y={y + RADIUS + 11}>
          {short(value, 3)}
        </text>
      )}
      {side !== 0 && (
        <text class={side < 0 ? "unit-side end" : "unit-side"} x={x + side * (RADIUS + 6)} y={y + (name ? -2 : 4)}>
          {name && (
            <tspan class="unit-name" x={x + side * (RADIUS + 6)}>
              {cut(name)}
            </tspan>
          )}
          {value !== undefined && (
            <tspan x={x + side * (RADIUS + 6)} dy={name ? "1.1em" : 0}>
              {short(value, 3)}
            </tspan>
          )}
        </text>
      )}
    </g>
  );
}

interface EdgesProps {
  stage: Stage;
  at: number;
  x(stage: number): number;
  y(stage: number, unit: number): number;
  lit: boolean;
  chosen: number | null;
}

function Edges({ stage, at, x, y, lit, chosen }: EdgesProps) {
  const weights = stage.weights!.slice(0, MOST_UNITS).map((row) => row.slice(0, MOST_UNITS));
  const most = largest(weights.flat()) || 1;
  const middle = (x(at) + x(at - 1)) / 2;
  return (
    <g class={`edges${lit ? "" : " unlit"}`}>
      {weights.map((row, from) =>
        row.map((weight, unit) => (
          <path
            class={`${weight < 0 ? "negative" : "positive"}${chosen !== null && chosen !== unit ? " aside-edge" : ""}`}
            d={`M${x(at - 1) + RADIUS} ${y(at - 1, from)}C${middle} ${y(at - 1, from)} ${middle} ${y(at, unit)} ${x(at) - RADIUS} ${y(at, unit)}`}
            style={{
              strokeWidth: 0.5 + (5 * Math.abs(weight)) / most,
              opacity: 0.25 + (0.75 * Math.abs(weight)) / most,
            }}
          >
            <title>{`${t("inside.weight", { from: from + 1, to: unit + 1 })} = ${weight}`}</title>
          </path>
        )),
      )}
    </g>
  );
}
