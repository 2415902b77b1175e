import { whole } from "../parts/format";
import { Scroll } from "../parts/Scroll";
import { Swatch } from "../parts/Swatch";
import { t } from "../texts/texts";

/** Rows of each true class by the class they were taken for: the diagonal is right. Depth of colour is share of the row. */
export function ConfusionMatrix({ labels, counts }: { labels: string[]; counts: number[][] }) {
  return (
    <section class="stack">
      <h2>{t("confusion.title")}</h2>
      <Scroll label={t("confusion.title")}>
        <table class="confusion">
          <thead>
            <tr>
              <td class="quiet small">{t("confusion.axes")}</td>
              {labels.map((label, index) => (
                <th scope="col">
                  <Swatch index={index} /> {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, truth) => {
              const sum = row.reduce((total, count) => total + count, 0);
              return (
                <tr>
                  <th scope="row">
                    <Swatch index={truth} /> {labels[truth]}
                  </th>
                  {row.map((count, taken) => (
                    <td
                      class={cellClass(count, sum, truth === taken)}
                      title={t("confusion.cell", {
                        count: whole(count),
                        sum: whole(sum),
                        truth: labels[truth] ?? "",
                        taken: labels[taken] ?? "",
                      })}
                    >
                      {count === 0 ? "·" : whole(count)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function cellClass(count: number, sum: number, isRight: boolean): string {
  if (count === 0) return "cell-none";
  const depth = Math.min(4, Math.ceil((count / sum) * 4));
  return `${isRight ? "cell-right" : "cell-wrong"} depth-${depth}`;
}
