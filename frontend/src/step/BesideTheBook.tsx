import { t } from "../texts/texts";
import { BookTable } from "./BookTable";
import { beside } from "./compare";
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
        <BookTable label={t("step.book")} compared={compared} digits={9} hasVerdict />
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
