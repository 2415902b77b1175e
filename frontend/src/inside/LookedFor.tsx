import { t } from "../texts/texts";
import { Grid } from "./Grid";
import { largest } from "./scale";
import type { Stage } from "./stages";

const MOST = 40;
const LEAST_SIDE = 5;

/** The side of a square picture of so many pixels; null where it is none. */
export function sideOf(inputs: number): number | null {
  const side = Math.sqrt(inputs);
  return Number.isInteger(side) && side >= LEAST_SIDE ? side : null;
}

/** Where inputs are the pixels of a square: each first unit's weights as a picture, blue where it wants ink. */
export function LookedFor({ stage, side, row }: { stage: Stage; side: number; row: readonly number[] | null }) {
  const weights = stage.weights!;
  return (
    <section class="stack">
      <h2>{t("inside.looked_for")}</h2>
      <p class="small quiet">{t("inside.looked_for.says")}</p>
      <div class="pictures">
        {row && (
          <figure class="picture picture-row">
            <Grid
              width={side}
              height={side}
              shares={row.map((value) => value / (largest(row) || 1))}
              label={t("inside.row.picture")}
            />
            <figcaption class="small quiet">{t("inside.row")}</figcaption>
          </figure>
        )}
        {Array.from({ length: Math.min(stage.units, MOST) }, (_, unit) => {
          const own = weights.map((to) => to[unit]!);
          const scale = largest(own) || 1;
          return (
            <figure class="picture">
              <Grid
                width={side}
                height={side}
                shares={own.map((value) => value / scale)}
                label={t("inside.looked_for.unit", { n: unit + 1 })}
                says={(column, line) => String(own[line * side + column])}
              />
              <figcaption class="small quiet num">{unit + 1}</figcaption>
            </figure>
          );
        })}
      </div>
    </section>
  );
}
