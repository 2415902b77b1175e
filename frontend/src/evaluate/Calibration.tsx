import { percent, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { Plot } from "./Plot";
import type { Curve } from "./thresholds";

/** Whether of the rows that are given 80 % so many are of the class. */
export function Calibration({ label, bins }: { label: string; bins: NonNullable<Curve["calibration"]> }) {
  return (
    <div class="stack">
      <h3>{t("calibration.title")}</h3>
      <p class="quiet small">{t("calibration.help", { label })}</p>
      <div class="plots">
        <Plot
          title={t("calibration.plot")}
          x={t("calibration.predicted")}
          y={t("calibration.observed")}
          line={bins.map(({ predicted, observed }) => [predicted, observed])}
          points={bins.map(({ predicted, observed }) => [predicted, observed])}
          diagonal
        />
        <Scroll label={t("calibration.title")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("calibration.bin")}</th>
                <th scope="col" class="n">
                  {t("evaluate.rows")}
                </th>
                <th scope="col" class="n">
                  {t("calibration.predicted")}
                </th>
                <th scope="col" class="n">
                  {t("calibration.observed")}
                </th>
              </tr>
            </thead>
            <tbody>
              {bins.map(({ from, to, rows, predicted, observed }) => (
                <tr key={from}>
                  <th scope="row" class="num bin">
                    {percent(from, 0)} – {percent(to, 0)}
                  </th>
                  <td class="n">{whole(rows)}</td>
                  <td class="n">{percent(predicted)}</td>
                  <td class="n">{percent(observed)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </div>
    </div>
  );
}
