import { useMemo, useState } from "preact/hooks";
import type { Network } from "../api/types";
import { classColour, classOf } from "../parts/classes";
import { short } from "../parts/format";
import { Still } from "../parts/Still";
import { Swatch } from "../parts/Swatch";
import { atNextPicture, useThrottled } from "../parts/useThrottled";
import { language } from "../texts/language";
import { t } from "../texts/texts";
import { activationName } from "./activations";
import { forward, type Table } from "./forward";
import { Grid } from "./Grid";
import { byClass, type Landscape, numberScale, ofClass, ofNumber } from "./landscape";
import { inputNamesOf, type Placed } from "./model";
import { expanded, featuresOf, type Point, pointsOf } from "./playground";
import { type Scale, scaleOf, shareOf, tint } from "./scale";
import type { Stage } from "./stages";
import { CELLS, type Extent, extentOf, MOVING_CELLS, plane } from "./surface";
import type { NetworkRow } from "./useRows";

interface Props {
  network: Pick<Network, "inputs" | "features" | "tags" | "labels">;
  layers: readonly Placed[];
  stages: readonly Stage[];
  rows: readonly NetworkRow[];
  /** What the dots are, where they are not yet parted into training and validation rows. */
  dots?: string;
  /** Whether the weights change many times a second. */
  isMoving?: boolean;
}

const MOST_NEURONS = 16;
const EVERY = -1;
/** So that rows in full colour stand out from the ground. */
const SOFT = 0.6;

/** Two inputs are a plane: what the network predicts everywhere in it, over the data; and below, what each unit sees. */
export function Surface({ isMoving = false, ...props }: Props) {
  const { network, layers, stages, rows, dots } = props;
  const newest = useMemo(() => ({ layers, stages }), [layers, stages]);
  const shown = useThrottled(newest, atNextPicture, isMoving);
  return (
    <Still on={[network, rows, dots, isMoving, shown, language.value]}>
      {() => <Plane {...props} {...shown} isMoving={isMoving} />}
    </Still>
  );
}

function Plane({ network, layers, stages, rows, dots = about(rows), isMoving }: Props) {
  const [chosen, setChosen] = useState(EVERY);
  const features = useMemo(() => featuresOf(network), [network]);
  const places = useMemo(() => pointsOf(network, rows), [network, rows]);
  const extent = useMemo(() => extentOf(places.filter((each) => each !== null)), [places]);
  const cells = isMoving ? MOVING_CELLS : CELLS;
  // The pictures of the units are small.
  const coarse = isMoving ? 2 : 1;
  const points = useMemo(() => expanded(plane(extent, cells), features), [extent, cells, features]);
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
  const [x = "x₁", y = "x₂"] = features ? ["x", "y"] : inputNamesOf(network);
  const colourOf = (row: NetworkRow) => {
    const own = classes > 0 ? classOf(row.targets, classes) : null;
    if (own !== null) return `var(--${classColour(own)})`;
    const [middle, reach] = numberScale(scale, targets);
    return tint(((row.targets[unit] ?? 0) - middle) / reach);
  };
  return (
    <section class="stack room-surface">
      <h2>{t("inside.surface")}</h2>
      <div class="surface-split">
        <figure class="surface">
          <Grid
            width={cells}
            height={cells}
            shares={landscape.shares}
            strength={SOFT}
            positive={landscape.positive}
            smooth
            label={t("inside.surface.label")}
            says={(column, row) =>
              place(
                extent,
                (column + 0.5) / cells,
                (row + 0.5) / cells,
                predicted(outputs.values.subarray((row * cells + column) * outputs.width), names, unit),
              )
            }
          />
          <svg class="surface-points" viewBox={`0 0 ${CELLS} ${CELLS}`} aria-hidden="true">
            <path class="surface-line" d={landscape.line} />
            <Still on={[rows, places, extent, classes, scale, targets, unit]}>
              {() => <Dots rows={rows} places={places} extent={extent} colourOf={colourOf} />}
            </Still>
          </svg>
          <figcaption class="small quiet">
            <span>{`${x} ${short(extent.left, 3)} … ${short(extent.right, 3)}, ${y} ${short(extent.bottom, 3)} … ${short(extent.top, 3)}`}</span>
          </figcaption>
        </figure>
        <div class="stack">
          <p class="small quiet">
            {sentence(landscape, classes, names[unit])} {dots}
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
                    width={cells / coarse}
                    height={cells / coarse}
                    smooth
                    shares={sharesOf(seen.get(stage.outName)!, index, stage.scale, coarse)}
                    strength={SOFT}
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

/** Of every point, or of every second one across and down. */
function sharesOf(table: Table, unit: number, scale: Scale, every: number): Float64Array {
  const cells = Math.sqrt(table.rows);
  const side = cells / every;
  const shares = new Float64Array(side * side);
  for (let index = 0; index < shares.length; index += 1) {
    const row = every * (Math.floor(index / side) * cells + (index % side));
    shares[index] = shareOf(scale, table.values[row * table.width + unit]!);
  }
  return shares;
}

function predicted(values: Float64Array, names: readonly string[], unit: number): string {
  if (unit !== EVERY) return String(values[unit]);
  return names.map((name, index) => `${name} ${short(values[index], 3)}`).join(", ");
}

/** `across` and `down` are shares of the whole. */
function place({ left, right, top, bottom }: Extent, across: number, down: number, value: string): string {
  const x = left + across * (right - left);
  const y = top - down * (top - bottom);
  return `(${short(x, 3)}, ${short(y, 3)}): ${value}`;
}

interface DotsProps {
  rows: readonly NetworkRow[];
  /** Of each row; null where it is not known. */
  places: readonly (Point | null)[];
  extent: Extent;
  colourOf(row: NetworkRow): string;
}

/** The rows where they lie, in the colours of their targets. */
function Dots({ rows, places, extent, colourOf }: DotsProps) {
  const { left, right, bottom, top } = extent;
  return (
    <g>
      {rows.map((row, index) => {
        const point = places[index];
        return (
          point && (
            <circle
              class={row.part}
              style={{ "--own": colourOf(row) }}
              cx={((point[0] - left) / (right - left)) * CELLS}
              cy={((top - point[1]) / (top - bottom)) * CELLS}
              r="0.75"
            />
          )
        );
      })}
    </g>
  );
}
