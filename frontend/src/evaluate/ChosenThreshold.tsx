import type { Calibration } from "../api/types";
import { percent, short, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";

type Threshold = NonNullable<Calibration["threshold"]>;

const FIGURES = ["f1", "precision", "recall", "balanced_accuracy", "accuracy"] as const;

/** What a threshold that a training has chosen changes, on the rows it was chosen on; or why there is none. */
export function ChosenThreshold({ threshold }: { threshold: Threshold }) {
  const { positive: label, value, reason, rows, positives, before, after } = threshold;
  return (
    <section class="stack">
      <h2>{t("threshold.chosen")}</h2>
      {reason && <p lang="en">{reason}</p>}
      {typeof value === "number" && before && after && (
        <>
          <p class="quiet small">
            {t("threshold.chosen.help", { label, rows: whole(rows ?? 0), positives: whole(positives ?? 0) })}
          </p>
          <Scroll label={t("threshold.chosen")}>
            <table>
              <thead>
                <tr>
                  <td />
                  <th scope="col" class="n">
                    {t("threshold.before")}
                  </th>
                  <th scope="col" class="n">
                    {t("threshold.after", { threshold: short(value) })}
                  </th>
                </tr>
              </thead>
              <tbody>
                {FIGURES.map((name) => (
                  <tr key={name}>
                    <th scope="row" class="mono">
                      {name}
                    </th>
                    <td class="n">{percent(before[name])}</td>
                    <td class="n">
                      <b>{percent(after[name])}</b>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </section>
  );
}
