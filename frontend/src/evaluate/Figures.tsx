import type { Evaluation } from "../api/types";
import { short } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";

/** Each figure beside that of the best constant answer. */
export function Figures({ found }: { found: Evaluation }) {
  const { naive, nonfinite } = found;
  const figures = [
    { name: t("home.loss"), path: "loss", own: found.loss, theirs: naive.loss },
    ...Object.entries(found.metrics).map(([name, own]) => ({
      name,
      path: `metrics.${name}`,
      own,
      theirs: naive.metrics[name],
    })),
  ];
  return (
    <>
      <Scroll label={t("evaluate.figures")}>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col" class="n">
                {t("evaluate.network")}
              </th>
              <th scope="col" class="n">
                {t("evaluate.naive")}
              </th>
            </tr>
          </thead>
          <tbody>
            {figures.map(({ name, path, own, theirs }) => (
              <tr>
                <th scope="row">{name}</th>
                <td class="n">
                  <strong>
                    <Num value={own} nonfinite={nonfinite?.[path]} />
                  </strong>
                </td>
                <td class="n">
                  <Num value={theirs} nonfinite={nonfinite?.[`naive.${path}`]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet small">{naiveIn(naive)}</p>
    </>
  );
}

function naiveIn({ label, answer }: Evaluation["naive"]): string {
  if (label !== null) return t("evaluate.naive.label", { label });
  const constants = Object.entries(answer).map(([name, value]) => `${name} ${short(value)}`);
  return t("evaluate.naive.number", { answer: constants.join(", ") });
}
