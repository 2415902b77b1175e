import { t } from "../texts/texts";
import { Grid } from "./Grid";
import { largest } from "./scale";
import type { Stage } from "./stages";

/** Layers too big for lines: every weight a cell, inputs across and units down. */
export function HeatMaps({ stages }: { stages: readonly Stage[] }) {
  return (
    <div class="heat-maps">
      {stages.map((stage) => {
        const weights = stage.weights;
        if (!weights) return null;
        const scale = largest(weights.flat()) || 1;
        const shares = Float64Array.from(
          { length: stage.units * weights.length },
          (_, index) => weights[index % weights.length]![Math.floor(index / weights.length)]! / scale,
        );
        return (
          <figure class="heat-map" style={sizeOf(weights.length, stage.units)}>
            <figcaption class="small">
              <span class="mono">{stage.name}</span>{" "}
              <span class="quiet">
                {t("inside.heat_map.says", { inputs: weights.length, units: stage.units, caption: stage.caption })}
              </span>
            </figcaption>
            <Grid
              width={weights.length}
              height={stage.units}
              shares={shares}
              label={t("inside.heat_map", { layer: stage.name })}
              says={(from, to) => `${t("inside.weight", { from: from + 1, to: to + 1 })} = ${weights[from]![to]}`}
            />
          </figure>
        );
      })}
    </div>
  );
}

const CELL = 18;
const TALLEST = 400;

/** Cells are squares where there is room for them. */
function sizeOf(columns: number, rows: number): Record<string, string> {
  return {
    "--heat-width": `${columns * CELL}px`,
    "--heat-ratio": `${Math.max(columns / rows, (columns * CELL) / TALLEST)}`,
  };
}
