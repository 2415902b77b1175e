import type { Monitoring } from "../api/types";
import { whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { language } from "../texts/language";
import { t } from "../texts/texts";

/** How good the answers were whose truth is known, by snapshot and by day. */
export function LiveFigures({ monitoring }: { monitoring: Monitoring }) {
  const { snapshots, windows, rows, truncated } = monitoring;
  if (rows === 0) return null;
  const isJudged = snapshots.some(({ judged }) => judged > 0);
  return (
    <section class="stack">
      <h2>{t("live_figures.title")}</h2>
      {!isJudged && <p class="note">{t("live_figures.unjudged")}</p>}
      {truncated && <p class="quiet small">{t("live_figures.truncated", { rows: whole(rows) })}</p>}
      <FigureTable
        label={t("live_figures.by_snapshot")}
        first={t("live_figures.weights")}
        figures={snapshots.map((each) => ({ ...each, name: nameOf(each) }))}
      />
      {isJudged && (
        <>
          <h3>{t("live_figures.by_day")}</h3>
          <FigureTable
            label={t("live_figures.by_day")}
            first={t("live_figures.day")}
            figures={windows.map((each) => ({ ...each, name: `${dayOf(each.since)}, ${nameOf(each)}` }))}
          />
        </>
      )}
    </section>
  );
}

type Figures = Monitoring["snapshots"][number];

const nameOf = ({ version, snapshot }: Figures): string =>
  version === null ? snapshot.slice(-6) : t("weights.version", { version });

const dayOf = (time: string): string => new Date(time).toLocaleDateString(language.value);

function FigureTable({
  label,
  first,
  figures,
}: {
  label: string;
  first: string;
  figures: (Figures & { name: string })[];
}) {
  const metrics = [...new Set(figures.flatMap((each) => Object.keys(each.metrics)))];
  return (
    <Scroll label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {[t("live_figures.rows"), t("live_figures.judged"), ...metrics].map((head) => (
              <th scope="col" class="n">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.map((each) => (
            <tr key={each.name}>
              <th scope="row" title={each.snapshot}>
                {each.name}
              </th>
              <td class="n">{whole(each.rows)}</td>
              <td class="n">{whole(each.judged)}</td>
              {metrics.map((metric) => (
                <td class="n">
                  <Num value={each.metrics[metric]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
