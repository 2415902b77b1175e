import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { agrees, beside } from "./compare";
import type { Example } from "./examples";
import type { Pass } from "./pass";
import type { Step } from "./steps";

/** What the text has and what comes out here, digit by digit; and where the text is mistaken, how. */
export function BesideTheBook({
  example,
  pass,
  step,
  row,
  isChanged,
}: {
  example: Example;
  pass: Pass;
  step: Step;
  row: number;
  isChanged: boolean;
}) {
  const compared = beside(pass, example.expect, step, row);
  return (
    <section class="stack">
      <h2>{t("step.book")}</h2>
      {isChanged ? (
        <p class="small quiet">{t("step.book.changed")}</p>
      ) : compared.length === 0 ? (
        <p class="small quiet">{t("step.book.nothing")}</p>
      ) : (
        <Scroll label={t("step.book")}>
          <table class="book">
            <thead>
              <tr>
                <td />
                <th scope="col" class="n">
                  {t("step.book.text")}
                </th>
                <th scope="col" class="n">
                  {t("step.book.ours")}
                </th>
                <td />
              </tr>
            </thead>
            <tbody>
              {compared.map((each) => (
                <tr>
                  <th scope="row">{each.symbol}</th>
                  <td class="n" title={String(each.expected)}>
                    {each.expected.toFixed(9)}
                  </td>
                  <td class="n" title={String(each.ours)} data-ours={each.ours}>
                    {each.ours.toFixed(9)}
                  </td>
                  <td>{agrees(each) ? <span class="agrees">{t("step.book.same")}</span> : "≠"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {example.hasErratum && (
        <div class="note note-warn">
          <p class="note-title">{t("step.erratum")}</p>
          <p>{t(`step.erratum.${example.id}` as "step.erratum.xor")}</p>
        </div>
      )}
    </section>
  );
}
