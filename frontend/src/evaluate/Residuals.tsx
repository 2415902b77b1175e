import type { Evaluation } from "../api/types";
import { percent } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { Plot, type Point } from "./Plot";

type Target = NonNullable<Evaluation["targets"]>[number];

/** How far predicted numbers are off, and each beside its actual number. */
export function Residuals({ target }: { target: Target }) {
  const { name, points, residual_mean, residual_quantiles } = target;
  const known = points.flatMap(({ actual, predicted }): Point[] =>
    actual === null || predicted === null ? [] : [[actual, predicted]],
  );
  return (
    <section class="stack">
      <h2>{t("residuals.title", { name })}</h2>
      <div class="plots">
        <Plot
          title={t("residuals.plot", { count: known.length })}
          x={t("residuals.actual")}
          y={t("residuals.predicted")}
          points={known}
          diagonal
        />
        <div class="stack">
          <p class="quiet small">{t("residuals.help")}</p>
          <Scroll label={t("residuals.table", { name })}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("residuals.share")}</th>
                  <th scope="col" class="n">
                    {t("residuals.residual")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {residual_quantiles.map(({ quantile, value }) => (
                  <tr key={quantile}>
                    <th scope="row" class="num">
                      {percent(quantile, quantile * 100 === Math.round(quantile * 100) ? 0 : 1)}
                    </th>
                    <td class="n">
                      <Num value={value} />
                    </td>
                  </tr>
                ))}
                <tr>
                  <th scope="row">{t("residuals.mean")}</th>
                  <td class="n">
                    <Num value={residual_mean} />
                  </td>
                </tr>
              </tbody>
            </table>
          </Scroll>
        </div>
      </div>
    </section>
  );
}
