import { useMemo, useState } from "preact/hooks";
import type { Network } from "../api/types";
import { classColour, classOf } from "../parts/classes";
import { short } from "../parts/format";
import { Swatch } from "../parts/Swatch";
import { t } from "../texts/texts";
import { activationName } from "./activations";
import { forward } from "./forward";
import { Grid } from "./Grid";
import { byClass, type Landscape, numberScale, ofClass, ofNumber } from "./landscape";
import { inputNamesOf, type Placed } from "./model";
import { scaleOf, shareOf, tint } from "./scale";
import type { Stage } from "./stages";
import { CELLS, columnOf, type Extent, extentOf, plane } from "./surface";
import type { NetworkRow } from "./useRows";

interface Props {
  network: Network;
  layers: readonly Placed[];
  stages: readonly Stage[];
  rows: readonly NetworkRow[];
}

const MOST_NEURONS = 16;
const EVERY = -1;

/** Two inputs are a plane: what the network predicts everywhere in it, over the data; and below, what each unit sees. */
export function Surface({ network, layers, stages, rows }: Props) {
  const [chosen, setChosen] = useState(EVERY);
  const extent = useMemo(() => extentOf(rows.map(({ inputs }) => inputs)), [rows]);
  const points = useMemo(() => plane(extent), [extent]);
  const seen = useMemo(() => forward(layers, points), [layers, points]);
  const outputs = seen.get(layers.at(-1)!.name)!;
  const scale = scaleOf(activationName(layers.at(-1)!.spec.activation));
  const areClasses = scale === "share";
  const classes = areClasses ? outputs.width : outputs.width === 1 && scale === "half" && network.labels ? 2 : 0;
  const unit = areClasses ? Math.min(chosen, outputs.width - 1) : Math.min(Math.max(chosen, 0), outputs.width - 1);
  const targets = useMemo(() => rows.map((row) => row.targets[Math.max(unit, 0)] ?? 0), [rows, unit]);
  const landscape = useMemo(() => {
    if (!areClasses) return ofNumber(outputs, unit, scale, targets);
    return unit === EVERY ? byClass(outputs) : ofClass(outputs, unit);
  }, [outputs, unit, scale, targets]);
  const names = Array.from(
    { length: Math.max(classes, outputs.width) },
    (_, index) => network.labels?.[index] ?? String(index + 1),
  );
  const [x = "x₁", y = "x₂"] = inputNamesOf(network);
  const colourOf = (row: NetworkRow) => {
    const own = classes > 0 ? classOf(row.targets, classes) : null;
    if (own !== null) return `var(--${classColour(own)})`;
    const [middle, reach] = numberScale(scale, targets);
    return tint(((row.targets[unit] ?? 0) - middle) / reach);
  };
  return (
    <section class="stack">
      <h2>{t("inside.surface")}</h2>
      <div class="surface-split">
        <figure class="surface">
          <Grid
            width={CELLS}
            height={CELLS}
            shares={soft(landscape.shares)}
            positive={landscape.positive}
            smooth
            label={t("inside.surface.label")}
            says={(column, row) =>
              place(
                extent,
                column,
                row,
                predicted(outputs.values.subarray((row * CELLS + column) * outputs.width), names, unit),
              )
            }
          />
          <Points rows={rows} extent={extent} line={landscape.line} colourOf={colourOf} />
          <figcaption class="small quiet">
            <span>{`${x} ${short(extent.left, 3)} … ${short(extent.right, 3)}, ${y} ${short(extent.bottom, 3)} … ${short(extent.top, 3)}`}</span>
          </figcaption>
        </figure>
        <div class="stack">
          <p class="small quiet">
            {sentence(landscape, classes, names[unit])} {about(rows)}
          </p>
          {classes > 0 && <ClassKey names={names.slice(0, classes)} />}
          {outputs.width > 1 && (
            <label class="row small">
              <span>{t("inside.output")}</span>
              <select value={unit} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
                {areClasses && <option value={EVERY}>{t("inside.surface.every")}</option>}
                {names.map((name, index) => (
                  <option value={index}>{name}</option>
                ))}
              </select>
            </label>
          )}
          {stages.slice(1, -1).map((stage) => (
            <div class="stack-tight">
              <h3 class="small">{t("inside.neurons", { layer: stage.name })}</h3>
              <div class="neurons">
                {Array.from({ length: Math.min(stage.units, MOST_NEURONS) }, (_, index) => (
                  <Grid
                    width={CELLS}
                    height={CELLS}
                    smooth
                    shares={soft(columnOf(seen.get(stage.outName)!, index).map((value) => shareOf(stage.scale, value)))}
                    label={`${stage.name}, ${t("inside.unit", { n: index + 1 })}`}
                  />
                ))}
              </div>
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}

function ClassKey({ names }: { names: readonly string[] }) {
  return (
    <ul class="class-key" aria-label={t("inside.classes")}>
      {names.map((name, index) => (
        <li>
          <Swatch index={index} /> {name}
        </li>
      ))}
    </ul>
  );
}

function sentence({ middle }: Landscape, classes: number, name: string | undefined): string {
  if (classes > 0 && (middle !== null || name === undefined)) return t("inside.surface.classes");
  return middle === null ? t("inside.surface.class", { name: name ?? "" }) : t("inside.surface.number", { middle });
}

function about(rows: readonly NetworkRow[]): string {
  if (rows.length === 0) return t("inside.surface.no_rows");
  return t(rows.some(({ part }) => part === "validation") ? "inside.surface.rings" : "inside.surface.dots");
}

/** So that rows in full colour stand out from the ground. */
const soft = (shares: Float64Array) => shares.map((share) => 0.6 * Math.max(-1, Math.min(1, share)));

function predicted(values: Float64Array, names: readonly string[], unit: number): string {
  if (unit !== EVERY) return String(values[unit]);
  return names.map((name, index) => `${name} ${short(values[index], 3)}`).join(", ");
}

function place({ left, right, top, bottom }: Extent, column: number, row: number, value: string): string {
  const x = left + ((column + 0.5) / CELLS) * (right - left);
  const y = top - ((row + 0.5) / CELLS) * (top - bottom);
  return `(${short(x, 3)}, ${short(y, 3)}): ${value}`;
}

interface PointsProps {
  rows: readonly NetworkRow[];
  extent: Extent;
  line: string;
  colourOf(row: NetworkRow): string;
}

/** The rows where they lie, in the colours of their targets; and the line of indecision. */
function Points({ rows, extent, line, colourOf }: PointsProps) {
  const { left, right, bottom, top } = extent;
  return (
    <svg class="surface-points" viewBox={`0 0 ${CELLS} ${CELLS}`} aria-hidden="true">
      <path class="surface-line" d={line} />
      {rows.map((row) => (
        <circle
          class={row.part}
          style={{ "--own": colourOf(row) }}
          cx={((row.inputs[0]! - left) / (right - left)) * CELLS}
          cy={((top - row.inputs[1]!) / (top - bottom)) * CELLS}
          r="0.75"
        />
      ))}
    </svg>
  );
}
