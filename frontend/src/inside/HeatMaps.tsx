import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { Grid } from "./Grid";
import { largest } from "./scale";
import type { Stage } from "./stages";

/** More columns than these would leave no room for their names. */
const MOST_NAMED = 64;

/** Layers too big for lines: every weight a cell, inputs across and units down. `names` are those of the inputs. */
export function HeatMaps({ stages, names }: { stages: readonly Stage[]; names: readonly string[] }) {
  return (
    <div class="heat-maps">
      {stages.map((stage, at) => (
        <HeatMap key={stage.name} stage={stage} names={at === 1 ? names : []} />
      ))}
    </div>
  );
}

function HeatMap({ stage, names }: { stage: Stage; names: readonly string[] }) {
  const weights = stage.weights;
  if (!weights) return null;
  const scale = largest(weights.flat()) || 1;
  const shares = Float64Array.from(
    { length: stage.units * weights.length },
    (_, index) => weights[index % weights.length]![Math.floor(index / weights.length)]! / scale,
  );
  const isNamed = names.length === weights.length && names.length <= MOST_NAMED;
  const grid = (
    <Grid
      width={weights.length}
      height={stage.units}
      shares={shares}
      label={t("inside.heat_map", { layer: stage.name })}
      says={(from, to) =>
        `${t("inside.weight", { from: names[from] ?? from + 1, to: to + 1 })} = ${weights[from]![to]}`
      }
    />
  );
  return (
    <figure class="heat-map" style={sizeOf(weights.length, stage.units)}>
      <figcaption class="small">
        <span class="mono">{stage.name}</span>{" "}
        <span class="quiet">
          {t("inside.heat_map.says", { inputs: weights.length, units: stage.units, caption: stage.caption })}
        </span>
      </figcaption>
      {isNamed ? (
        <Scroll label={t("inside.heat_map", { layer: stage.name })}>
          <div class="heat-named">
            {grid}
            <ol class="heat-columns">
              {names.map((name) => (
                <li title={name}>{name}</li>
              ))}
            </ol>
          </div>
        </Scroll>
      ) : (
        grid
      )}
    </figure>
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
