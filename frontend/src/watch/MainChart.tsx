import { useMemo } from "preact/hooks";
import { resolvedColour as colour } from "../parts/colours";
import { short, whole } from "../parts/format";
import { resolved } from "../shell/theme";
import { t } from "../texts/texts";
import { Chart } from "./Chart";
import { colourOf } from "./colours";
import { columnsOf, isOutlying, oddities, rowAt } from "./columns";
import { HistoryTable } from "./HistoryTable";
import { Legend, type Reading } from "./Legend";
import type { Line, Mark } from "./plot";
import type { Row } from "./rows";
import type { Series } from "./series";
import { smoothed } from "./smooth";
import { show, type View } from "./view";

interface Props {
  allSeries: readonly Series[];
  /** By job id: the rows to draw. */
  rows: Readonly<Record<string, readonly Row[]>>;
  view: View;
  hovered: number | null;
  onHover(epoch: number | null): void;
}

/** The loss, or a metric, of every job: training solid, validation dashed. */
export function MainChart({ allSeries, rows, view, hovered, onHover }: Props) {
  const { value, isLog, smooth } = view;
  const theme = resolved.value;
  const shown = allSeries
    .map((series, index) => ({ series, index, rows: rows[series.job.id] ?? series.rows }))
    .filter(({ series }) => !view.hidden.has(series.job.id));
  const key = shown
    .map(({ series, rows }) => `${series.job.id}:${rows.length}:${rows[0]?.epoch}:${rows.at(-1)?.epoch}`)
    .join(",");

  const { epochs, lines } = useMemo(() => {
    const names = shown.flatMap(({ series, index, rows }) =>
      [value, `val_${value}`]
        .filter((name) => rows.some((row) => name in row.values))
        .map((name) => ({ name, rows, series, index })),
    );
    const { epochs, columns } = columnsOf(names, isLog);
    const raw = names.map(
      ({ name, series, index }, at): Line => ({
        label: `${series.job.id} ${name}`,
        colour: colour(colourOf(index)),
        dashed: name !== value,
        cells: columns[at] ?? [],
      }),
    );
    const lines =
      smooth === 0
        ? raw
        : [
            ...raw.map((line) => ({ ...line, faint: true })),
            ...raw.map((line) => ({ ...line, cells: smoothed(epochs, line.cells, smooth) })),
          ];
    return { epochs, lines };
  }, [key, value, isLog, smooth, theme]);

  const marks = useMemo(
    () =>
      shown.flatMap(({ series, index, rows }) =>
        marksOf(series, rows, value, colour(colourOf(index)), shown.length === 1),
      ),
    [key, value, theme, bests(allSeries)],
  );

  const isEmpty = !lines.some(({ cells }) => cells.some((cell) => typeof cell === "number"));
  const last = epochs.at(-1) ?? null;
  const at = hovered ?? last;
  const readings = shown.map(({ series, index, rows }): Reading => {
    const values = at === null ? {} : (rowAt(rows, at)?.values ?? {});
    return {
      name: allSeries.length > 1 ? series.job.id.slice(-6) : "",
      colour: colourOf(index),
      training: values[value],
      validation: values[`val_${value}`],
    };
  });
  const says = (epoch: number) =>
    [
      t("watch.at_epoch", { epoch: whole(epoch) }),
      ...readings.map(({ name, training, validation }) => spoken(name, training, validation)),
    ].join(", ");

  return (
    <div class="stack">
      {isEmpty ? (
        <p class="quiet">{epochs.length === 0 ? t("watch.no_epochs") : t("watch.no_numbers", { value })}</p>
      ) : (
        <Chart
          label={t("watch.chart", { value })}
          epochs={epochs}
          lines={lines}
          marks={marks}
          isLog={isLog}
          zoom={view.zoom}
          onZoom={(zoom) => show({ zoom })}
          hovered={hovered}
          onHover={onHover}
          says={says}
        />
      )}
      {isOutlying(lines.map(({ cells }) => cells)) && !isLog && (
        <p class="small quiet">
          {t("watch.outlier")}{" "}
          <button type="button" class="button-plain" onClick={() => show({ isLog: true })}>
            {t("watch.outlier.log")}
          </button>
        </p>
      )}
      {epochs.length > 0 && <Legend epoch={at} readings={readings} />}
      <HistoryTable
        allSeries={shown.map(({ series }) => series)}
        rowsOf={(series) => rows[series.job.id] ?? series.rows}
        names={[value, `val_${value}`, "learning_rate", "gradient_norm"]}
      />
    </div>
  );
}

const bests = (allSeries: readonly Series[]) => allSeries.map(({ progress }) => progress.best_epoch).join(",");

function spoken(name: string, training: number | undefined, validation: number | undefined): string {
  const values = `${t("watch.training")} ${short(training)}${validation === undefined ? "" : `, ${t("watch.validation")} ${short(validation)}`}`;
  return name ? `${name} ${values}` : values;
}

/** Where it was best, and where it was no number. */
function marksOf(series: Series, rows: readonly Row[], value: string, colour: string, isNamed: boolean): Mark[] {
  const { best_epoch, best_value } = series.progress;
  const isMonitored = series.job.monitored === value || series.job.monitored === `val_${value}`;
  const best =
    isMonitored && best_epoch !== null && best_value !== null
      ? [
          {
            epoch: best_epoch,
            value: best_value,
            text: isNamed ? t("watch.best_at", { epoch: whole(best_epoch) }) : "",
            colour,
          },
        ]
      : [];
  const odd = [value, `val_${value}`].flatMap((name) =>
    oddities(rows, name).map((each) => ({ epoch: each.epoch, value: null, text: short(each.value), colour })),
  );
  return [...best, ...odd];
}
