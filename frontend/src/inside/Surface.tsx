import { useMemo, useState } from "preact/hooks";
import type { Network } from "../api/types";
import { short } from "../parts/format";
import { t } from "../texts/texts";
import { activationName } from "./activations";
import { forward } from "./forward";
import { Grid } from "./Grid";
import { inputNamesOf, type Placed } from "./model";
import type { Stage } from "./stages";
import { boundary, CELLS, columnOf, decided, type Extent, extentOf, normal, plane } from "./surface";
import type { NetworkRow } from "./useRows";

interface Props {
  network: Network;
  layers: readonly Placed[];
  stages: readonly Stage[];
  rows: readonly NetworkRow[];
}

const MOST_NEURONS = 16;

/** Two inputs are a plane: what the network says everywhere in it, over the data; and below, what each unit sees. */
export function Surface({ network, layers, stages, rows }: Props) {
  const [chosen, setChosen] = useState(0);
  const extent = useMemo(() => extentOf(rows.map(({ inputs }) => inputs)), [rows]);
  const points = useMemo(() => plane(extent), [extent]);
  const seen = useMemo(() => forward(layers, points), [layers, points]);
  const outputs = seen.get(layers.at(-1)!.name)!;
  const last = layers.at(-1)!.spec;
  const activation = activationName(last.activation);
  const unit = Math.min(chosen, outputs.width - 1);
  const shares = useMemo(() => decided(outputs, activation, unit), [outputs, activation, unit]);
  const [x = "x₁", y = "x₂"] = inputNamesOf(network);
  const hidden = stages.slice(1, -1);
  return (
    <section class="stack">
      <h2>{t("inside.surface")}</h2>
      <div class="surface-split">
        <figure class="surface">
          <Grid
            width={CELLS}
            height={CELLS}
            shares={soft(shares)}
            smooth
            label={t("inside.surface.label")}
            says={(column, row) =>
              place(extent, column, row, outputs.values[(row * CELLS + column) * outputs.width + unit]!)
            }
          />
          <Points rows={rows} extent={extent} unit={unit} line={boundary(shares)} />
          <figcaption class="small quiet">
            <span>{`${x} ${short(extent.left, 3)} … ${short(extent.right, 3)}, ${y} ${short(extent.bottom, 3)} … ${short(extent.top, 3)}`}</span>
          </figcaption>
        </figure>
        <div class="stack">
          <p class="small quiet">
            {t("inside.surface.says")}{" "}
            {rows.length === 0
              ? t("inside.surface.no_rows")
              : t(rows.some(({ part }) => part === "validation") ? "inside.surface.rings" : "inside.surface.dots")}
          </p>
          {outputs.width > 1 && (
            <label class="row small">
              <span>{t("inside.output")}</span>
              <select value={unit} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
                {Array.from({ length: outputs.width }, (_, index) => (
                  <option value={index}>{network.labels?.[index] ?? index + 1}</option>
                ))}
              </select>
            </label>
          )}
          {hidden.map((stage) => (
            <div class="stack-tight">
              <h3 class="small">{t("inside.neurons", { layer: stage.name })}</h3>
              <div class="neurons">
                {Array.from({ length: Math.min(stage.units, MOST_NEURONS) }, (_, index) => (
                  <Grid
                    width={CELLS}
                    height={CELLS}
                    smooth
                    shares={soft(normal(columnOf(seen.get(stage.outName)!, index)))}
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

/** So that rows in full colour stand out from the ground. */
const soft = (shares: Float64Array) => shares.map((share) => 0.6 * share);

function place({ left, right, top, bottom }: Extent, column: number, row: number, value: number): string {
  const x = left + ((column + 0.5) / CELLS) * (right - left);
  const y = top - ((row + 0.5) / CELLS) * (top - bottom);
  return `(${short(x, 3)}, ${short(y, 3)}): ${value}`;
}

interface PointsProps {
  rows: readonly NetworkRow[];
  extent: Extent;
  unit: number;
  line: string;
}

/** The rows where they lie, blue where this output should be high; and the line of indecision. */
function Points({ rows, extent, unit, line }: PointsProps) {
  const { left, right, bottom, top } = extent;
  return (
    <svg class="surface-points" viewBox={`0 0 ${CELLS} ${CELLS}`} aria-hidden="true">
      <path class="surface-line" d={line} />
      {rows.map(({ inputs, targets, part }) => (
        <circle
          class={`${(targets[unit] ?? 0) > 0.5 ? "high" : "low"} ${part}`}
          cx={((inputs[0]! - left) / (right - left)) * CELLS}
          cy={((top - inputs[1]!) / (top - bottom)) * CELLS}
          r="0.75"
        />
      ))}
    </svg>
  );
}
