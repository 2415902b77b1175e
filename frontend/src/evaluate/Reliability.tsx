import { calibrationOf } from "../api/calibration";
import type { Calibration } from "../api/types";
import { percent, short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { ProblemNote } from "../parts/ProblemNote";
import { Scroll } from "../parts/Scroll";
import { useLoaded } from "../parts/useLoaded";
import { t } from "../texts/texts";
import { ChosenThreshold } from "./ChosenThreshold";
import { Plot } from "./Plot";

/** How far the probabilities or numbers of some weights can be believed, by the rows that their training validated on. */
export function Reliability({ network, weights }: { network: string; weights: string }) {
  const { value, problem, again } = useLoaded(`calibration ${network} ${weights}`, async (signal) => ({
    found: await calibrationOf(network, weights, signal),
  }));
  if (problem) return <ProblemNote problem={problem} retry={again} />;
  if (!value) return null;
  const { found } = value;
  return (
    <>
      {found?.threshold && <ChosenThreshold threshold={found.threshold} />}
      <section class="stack">
        <h2>{t("reliability.title")}</h2>
        {!found && <p class="quiet">{t("reliability.none")}</p>}
        {found?.before && <Probabilities found={found} />}
        {found && <Levels found={found} />}
      </section>
    </>
  );
}

function Probabilities({ found: { rows, temperature, fitted_temperature, before, after } }: { found: Calibration }) {
  const isUsed = temperature === fitted_temperature;
  return (
    <>
      <p>
        {t(isUsed ? "reliability.used" : "reliability.unused", {
          rows: whole(rows),
          temperature: short(fitted_temperature, 3),
        })}
      </p>
      <div class="plots">
        {before && <Diagram title={t("reliability.before")} of={before} />}
        {after && <Diagram title={t("reliability.after", { temperature: short(fitted_temperature, 3) })} of={after} />}
      </div>
    </>
  );
}

function Diagram({ title, of }: { title: string; of: NonNullable<Calibration["before"]> }) {
  const points = of.bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
  return (
    <div class="stack-tight">
      <Plot
        title={title}
        x={t("reliability.confidence")}
        y={t("reliability.accuracy")}
        line={points}
        points={points}
        diagonal
      />
      <p class="small quiet num">
        ECE <Num value={of.ece} digits={3} />, log loss <Num value={of.log_loss} digits={3} />
      </p>
      <details>
        <summary>{t("table.show")}</summary>
        <Scroll label={title}>
          <table>
            <thead>
              <tr>
                {[t("calibration.bin"), t("evaluate.rows"), t("reliability.confidence"), t("reliability.accuracy")].map(
                  (head) => (
                    <th scope="col" class="n">
                      {head}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {of.bins.map(({ low, high, rows, confidence, accuracy }) => (
                <tr key={low}>
                  <th scope="row" class="num bin">
                    {percent(low, 0)} – {percent(high, 0)}
                  </th>
                  <td class="n">{whole(rows)}</td>
                  <td class="n">{percent(confidence)}</td>
                  <td class="n">{percent(accuracy)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </div>
  );
}

/** What a range of numbers, or a set of classes, takes to hold the true one. */
function Levels({ found: { levels, rows } }: { found: Calibration }) {
  const targets = Object.keys(levels[0]?.half_widths ?? {});
  if (levels.length === 0) return <p class="quiet small">{t("reliability.few", { rows: whole(rows) })}</p>;
  return (
    <>
      <p class="quiet small">{t(targets.length > 0 ? "reliability.widths" : "reliability.sets")}</p>
      <Scroll label={t("reliability.levels")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("reliability.level")}</th>
              {(targets.length > 0 ? targets : [t("reliability.least")]).map((head) => (
                <th scope="col" class="n">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {levels.map(({ level, half_widths, least_probability }) => (
              <tr key={level}>
                <th scope="row" class="num">
                  {percent(level, 0)}
                </th>
                {targets.map((target) => (
                  <td class="n">
                    ± <Num value={half_widths?.[target]} />
                  </td>
                ))}
                {targets.length === 0 && <td class="n">{percent(least_probability, 2)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
