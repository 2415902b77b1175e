import type { Evaluation } from "../api/types";
import { whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { Swatch } from "../parts/Swatch";
import { t } from "../texts/texts";

type Classes = NonNullable<Evaluation["classes"]>;
type Curves = NonNullable<Evaluation["curves"]>;

/** Precision, recall and F1 of every class, and the areas of those that have curves. */
export function ClassTable({ classes, curves }: { classes: Classes; curves: Curves }) {
  const curveOf = (label: string) => curves.find((each) => each.label === label);
  return (
    <section class="stack">
      <h2>{t("classes.title")}</h2>
      <Scroll label={t("classes.title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("classes.class")}</th>
              <th scope="col" class="n">
                {t("evaluate.rows")}
              </th>
              <th scope="col" class="n">
                {t("classes.precision")}
              </th>
              <th scope="col" class="n">
                {t("classes.recall")}
              </th>
              <th scope="col" class="n">
                F1
              </th>
              <th scope="col" class="n">
                ROC AUC
              </th>
              <th scope="col" class="n">
                {t("classes.average_precision")}
              </th>
              <th scope="col" class="n">
                {t("classes.brier")}
              </th>
            </tr>
          </thead>
          <tbody>
            {classes.map(({ label, support, precision, recall, f1 }, index) => (
              <tr key={label}>
                <th scope="row">
                  <Swatch index={index} /> {label}
                </th>
                <td class="n">{whole(support)}</td>
                {[
                  precision,
                  recall,
                  f1,
                  curveOf(label)?.roc_auc,
                  curveOf(label)?.average_precision,
                  curveOf(label)?.brier_score,
                ].map((value) => (
                  <td class="n">
                    <Num value={value} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet small">{t("classes.help")}</p>
    </section>
  );
}
