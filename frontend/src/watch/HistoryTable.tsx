import { useState } from "preact/hooks";
import { short, whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { t } from "../texts/texts";
import { type Row, thinned } from "./rows";
import type { Series } from "./series";

const MOST_LINES = 200;

/** The numbers behind the chart, for who would rather read them. Made only when it is opened. */
export function HistoryTable({
  allSeries,
  rowsOf,
  names,
}: {
  allSeries: readonly Series[];
  rowsOf: (series: Series) => readonly Row[];
  names: readonly string[];
}) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="behind" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t("table.show")}</summary>
      {isOpen && (
        <Scroll class="tall" label={t("table.show")}>
          <table>
            <thead>
              <tr>
                {allSeries.length > 1 && <th scope="col">{t("watch.job")}</th>}
                <th scope="col" class="n">
                  {t("watch.epoch")}
                </th>
                {names.map((name) => (
                  <th scope="col" class="n">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {allSeries.map((series) =>
                thinned(rowsOf(series), MOST_LINES / allSeries.length).map((row) => (
                  <tr key={`${series.job.id}:${row.epoch}`}>
                    {allSeries.length > 1 && <td>{series.job.id.slice(-6)}</td>}
                    <td class="n">{whole(row.epoch)}</td>
                    {names.map((name) => (
                      <td class="n" title={String(row.values[name] ?? "")}>
                        {short(row.values[name], 5)}
                      </td>
                    ))}
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </Scroll>
      )}
    </details>
  );
}
