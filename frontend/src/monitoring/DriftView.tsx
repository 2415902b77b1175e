import { useState } from "preact/hooks";
import type { Drift } from "../api/types";
import { ago, ahead, short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Scroll } from "../parts/Scroll";
import { ShareBar } from "../parts/ShareBar";
import { t } from "../texts/texts";
import { DriftBins } from "./DriftBins";

type Column = Drift["columns"][number];

/** Which columns, and which answers, differ from the training rows, the farthest first. */
export function DriftView({ drift }: { drift: Drift }) {
  const [shown, setShown] = useState<string | null>(null);
  const columns = [
    ...drift.columns.map((column) => ({ column, key: column.name, name: column.name })),
    ...drift.answers.map((column) => ({
      column,
      key: `answer ${column.name}`,
      name: t("drift.answer", { name: column.name }),
    })),
  ].toSorted((a, b) => b.column.psi - a.column.psi);
  const open = columns.find(({ key }) => key === shown) ?? columns[0];
  const most = Math.max(drift.psi * 2, ...columns.map(({ column }) => column.psi));
  return (
    <section class="stack">
      <h2>{t("drift.title")}</h2>
      <p class={drift.status === "drifted" ? "note note-warn" : undefined}>{sentenceOf(drift)}</p>
      {drift.reference.reason && <p class="quiet small">{drift.reference.reason}</p>}
      {drift.watch && <WatchLine watch={drift.watch} />}
      {columns.length > 0 && (
        <>
          <Scroll label={t("drift.columns")}>
            <table class="shares">
              <thead>
                <tr>
                  <th scope="col">{t("drift.column")}</th>
                  <th scope="col" class="n">
                    PSI
                  </th>
                  <td />
                  <th scope="col" class="n">
                    {t("drift.ks")}
                  </th>
                  <th scope="col" class="n">
                    {t("drift.p")}
                  </th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {columns.map(({ column, key, name }) => (
                  <tr key={key}>
                    <th scope="row">
                      {name} {column.drifted && <span class="tag tag-warn">{t("drift.tag")}</span>}
                    </th>
                    <td class="n">
                      <Num value={column.psi} digits={3} />
                    </td>
                    <td class="share-cell" aria-hidden="true">
                      <PsiBar column={column} threshold={drift.psi} most={most} />
                    </td>
                    <td class="n">
                      <Num value={column.ks?.statistic} digits={3} />
                    </td>
                    <td class="n">
                      <Num value={column.ks?.p_value} digits={3} />
                    </td>
                    <td>
                      <button
                        type="button"
                        class="button-plain small"
                        aria-pressed={open?.key === key}
                        aria-label={t("drift.show.of", { name })}
                        onClick={() => setShown(key)}
                      >
                        {t("drift.show")}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <p class="quiet small">{t("drift.help", { psi: short(drift.psi) })}</p>
        </>
      )}
      {open && <DriftBins name={open.name} column={open.column} />}
    </section>
  );
}

function sentenceOf({ status, rows, reference_rows, min_rows }: Drift): string {
  const counts = { rows: whole(rows), reference: whole(reference_rows ?? 0), least: whole(min_rows) };
  return t(`drift.${status}`, counts);
}

/** The threshold is where the line stands. */
function PsiBar({ column, threshold, most }: { column: Column; threshold: number; most: number }) {
  return (
    <ShareBar class={column.drifted ? "share-negative" : "share-positive"} width={(column.psi / most) * 100}>
      <rect class="drift-threshold" x={(threshold / most) * 100} width="0.6" height="10" />
    </ShareBar>
  );
}

function WatchLine({
  watch: { next_at, last_at, last_status, last_error, above },
}: {
  watch: NonNullable<Drift["watch"]>;
}) {
  return (
    <div class="stack-tight small quiet">
      <p>
        {last_at && last_status
          ? t("drift.watch.last", { ago: ago(last_at), found: t(`drift.watch.${last_status}`) })
          : t("drift.watch.never")}{" "}
        {t("drift.watch.next", { ahead: ahead(next_at) })}
      </p>
      {last_error && <p class="fault">{last_error}</p>}
      {above.length > 0 && <p>{t("drift.watch.above", { columns: above.map(({ name }) => name).join(", ") })}</p>}
    </div>
  );
}
