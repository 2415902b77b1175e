import type { Drift } from "../api/types";
import { percent, short } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";

type Column = Drift["columns"][number];
type Bin = Column["bins"][number];

/** The shares of training rows and of new rows in each bin of a column, side by side. */
export function DriftBins({ name, column }: { name: string; column: Column }) {
  const most = Math.max(...column.bins.flatMap(({ expected, actual }) => [expected, actual]), Number.MIN_VALUE);
  return (
    <>
      <h3>{t("drift.bins", { name })}</h3>
      <p class="quiet small row">
        <span>
          <i class="swatch drift-expected" aria-hidden="true" /> {t("drift.expected")}
        </span>
        <span>
          <i class="swatch drift-actual" aria-hidden="true" /> {t("drift.actual")}
        </span>
      </p>
      <Scroll label={t("drift.bins", { name })}>
        <table class="shares">
          <thead class="visually-hidden">
            <tr>
              <th scope="col">{t("drift.bin")}</th>
              <td />
              <th scope="col">{t("drift.expected")}</th>
              <th scope="col">{t("drift.actual")}</th>
            </tr>
          </thead>
          <tbody>
            {column.bins.map((bin, index) => (
              <tr key={index}>
                <th scope="row">
                  <span class="share-name">{nameOf(bin, column.kind)}</span>
                </th>
                <td class="share-cell" aria-hidden="true">
                  <svg class="drift-pair" aria-hidden="true" viewBox="0 0 100 20" preserveAspectRatio="none">
                    <rect class="drift-expected" width={(bin.expected / most) * 100} height="9" />
                    <rect class="drift-actual" y="11" width={(bin.actual / most) * 100} height="9" />
                  </svg>
                </td>
                <td class="n">{percent(bin.expected)}</td>
                <td class="n">{percent(bin.actual)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function nameOf({ kind, above, up_to, word }: Bin, column: Column["kind"]): string {
  if (kind === "missing") return t("drift.missing");
  if (kind === "other") return t("drift.other");
  if (kind === "word") return word ?? "";
  const write = (end: number | string) => (column === "time" ? String(end).slice(0, 10) : short(Number(end), 3));
  if (above === null || above === undefined) return `≤ ${write(up_to ?? 0)}`;
  if (up_to === null || up_to === undefined) return `> ${write(above)}`;
  return `${write(above)} – ${write(up_to)}`;
}
