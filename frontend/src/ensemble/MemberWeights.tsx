import type { Average, Network } from "../api/types";
import { percent, short, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { ShareBar } from "../parts/ShareBar";
import { t } from "../texts/texts";
import { recipeInWords, recipeOfEach } from "./recipes";

interface Props {
  network: Network;
  average: Average;
}

/** How much each member of an ensemble counts in its predictions, and what decided that. */
export function MemberWeights({ network, average: { weights, rows, loss, equal_loss, reason } }: Props) {
  const recipes = recipeOfEach(network.recipes ?? []);
  const most = Math.max(...weights, Number.MIN_VALUE);
  return (
    <section class="stack">
      <h2>{t("members.title")}</h2>
      <p class="quiet small">{t("members.help")}</p>
      <p class="small" lang="en">
        {`${reason.charAt(0).toUpperCase()}${reason.slice(1).replace(/\.$/, "")}.`}
      </p>
      {loss !== null && equal_loss !== null && (
        <p class="small quiet num">
          {t("members.loss", { loss: short(loss), equal: short(equal_loss), rows: whole(rows) })}
        </p>
      )}
      <Scroll label={t("members.title")}>
        <table class="shares members">
          <thead>
            <tr>
              <th scope="col">{t("members.member")}</th>
              {recipes.length > 0 && <th scope="col">{t("members.recipe")}</th>}
              <td />
              <th scope="col" class="n">
                {t("members.weight")}
              </th>
            </tr>
          </thead>
          <tbody>
            {weights.map((weight, index) => (
              <tr>
                <th scope="row" class="num">
                  {index + 1}
                </th>
                {recipes.length > 0 && <td class="small nowrap">{recipeInWords(recipes[index] ?? {})}</td>}
                <td class="share-cell" aria-hidden="true">
                  <ShareBar class="share-positive" x={0} width={(weight / most) * 100} />
                </td>
                <td class="n" title={String(weight)}>
                  {weight === 0 ? t("members.left_out") : percent(weight)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
