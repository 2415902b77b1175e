import { percent, short, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import type { Series } from "./series";
import { type LayerHealth, useHealth } from "./useHealth";

/** Every layer in plain words: whether it learns, and if not, why and what helps. */
export function HealthTable({ series }: { series: Series }) {
  const health = useHealth(series.job.id, series.progress.epoch);
  if (!health) return null;
  const strongest = Math.max(...health.layers.map(({ gradient_norm }) => gradient_norm ?? 0));
  return (
    <section class="stack">
      <h2>{t("watch.health")}</h2>
      <p class="small quiet">{t("watch.health.when", { epoch: whole(health.epoch) })}</p>
      <Scroll label={t("watch.health")}>
        <table class="wide">
          <thead>
            <tr>
              <th scope="col">{t("watch.layer")}</th>
              <th scope="col">{t("watch.in_words")}</th>
              <th scope="col">{t("watch.gradient")}</th>
              <th scope="col" class="n">
                {t("watch.per_step")}
              </th>
              <th scope="col" class="n">
                {t("watch.stuck")}
              </th>
            </tr>
          </thead>
          <tbody>
            {health.layers.map((layer) => (
              <tr>
                <th scope="row" class="mono">
                  {layer.layer}
                </th>
                <td class={layer.verdict ? "ill" : ""}>{words(layer, strongest)}</td>
                <td>
                  <GradientBar value={layer.gradient_norm} strongest={strongest} />
                </td>
                <td class="n" title={String(layer.update_ratio)}>
                  {layer.update_ratio === null ? short(Infinity) : `${short(layer.update_ratio * 100, 2)} %`}
                </td>
                <td class="n">{percent(layer.stuck, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function words(layer: LayerHealth, strongest: number): string {
  if (layer.verdict === "vanishing")
    return t("watch.vanishing", { times: short(strongest / (layer.gradient_norm || Number.MIN_VALUE), 2) });
  if (layer.verdict === "exploding") return t("watch.exploding");
  if (layer.verdict === "dead") return t("watch.dead", { percent: percent(layer.stuck, 0) });
  if (layer.update_ratio !== null && layer.update_ratio > 0.1) return t("watch.restless");
  return t("watch.healthy");
}

const DECADES = 6;

/** On a log scale, six powers of ten wide, the strongest layer's at its end. */
function GradientBar({ value, strongest }: { value: number | null; strongest: number }) {
  if (value === null) return <span class="num">∞</span>;
  const share = value > 0 && strongest > 0 ? Math.max(0, 1 + Math.log10(value / strongest) / DECADES) : 0;
  return (
    <span class="bar" title={String(value)}>
      <svg width="72" height="8" aria-hidden="true">
        <rect class="bar-room" width="72" height="8" rx="2" />
        <rect class="bar-value" width={72 * share} height="8" rx="2" />
      </svg>
      <span class="num">{short(value, 3)}</span>
    </span>
  );
}
