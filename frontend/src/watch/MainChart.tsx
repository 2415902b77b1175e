import { useMemo } from "preact/hooks";
import { foldCount } from "../api/options";
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
import { type Fit, hasFits, useFits } from "./useFits";
import { show, type View } from "./view";

interface Props {
  allSeries: readonly Series[];
  /** By job id: the rows to draw. */
  rows: Readonly<Record<string, readonly Row[]>>;
  view: View;
  hovered: number | null;
  onHover(epoch: number | null): void;
  height?: number;
}

/** The loss, or a metric, of every job: training solid, validation dashed. */
export function MainChart({ allSeries, rows, view, hovered, onHover, height }: Props) {
  const { value, isLog, smooth } = view;
  const theme = resolved.value;
  const shown = allSeries
    .map((series, index) => ({ series, index, rows: rows[series.job.id] ?? series.rows }))
    .filter(({ series }) => !view.hidden.has(series.job.id));
  const only = shown.length === 1 ? shown[0]! : null;
  const fits = useFits(only?.series ?? null);
  const key = shown
    .map(({ series, rows }) => `${series.job.id}:${rows.length}:${rows[0]?.epoch}:${rows.at(-1)?.epoch}`)
    .join(",")
    .concat(`:${fits.length}:${fits[0]?.rows.at(-1)?.epoch}`);

  const { epochs, lines } = useMemo(() => {
    const names = shown.flatMap(({ series, index, rows }) =>
      [value, `val_${value}`]
        .filter((name) => rows.some((row) => name in row.values))
        .map((name) => ({ name, rows, series, index })),
    );
    const ofFits = fits.map((fit) => ({ rows: fit.rows, name: fitName(fit, value) }));
    const { epochs, columns } = columnsOf([...names, ...ofFits], isLog);
    const raw = names.map(
      ({ name, series, index }, at): Line => ({
        label: `${series.job.id} ${name}`,
        colour: colour(colourOf(index)),
        dashed: name !== value,
        cells: columns[at] ?? [],
      }),
    );
    const fitLines = ofFits.map(
      ({ name }, at): Line => ({
        label: `${at + 1} ${name}`,
        colour: colour(colourOf(only?.index ?? 0)),
        dashed: name !== value,
        faint: true,
        cells: columns[names.length + at] ?? [],
      }),
    );
    const own =
      smooth === 0
        ? raw
        : [
            ...raw.map((line) => ({ ...line, faint: true })),
            ...raw.map((line) => ({ ...line, cells: smoothed(epochs, line.cells, smooth) })),
          ];
    return { epochs, lines: [...fitLines, ...own] };
  }, [key, value, isLog, smooth, theme]);

  const marks = useMemo(
    () =>
      shown.flatMap(({ series, index, rows }) =>
        marksOf({ series, rows, value, fits, colour: colour(colourOf(index)), isNamed: only !== null }),
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
          height={height}
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
      {fits.length > 0 && only && <FitsNote series={only.series} count={fits.length} />}
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

/** What of a fold or member is drawn: on its validation rows, where it has some. */
const fitName = ({ rows }: Fit, value: string): string =>
  rows.some((row) => `val_${value}` in row.values) ? `val_${value}` : value;

function FitsNote({ series: { job, progress }, count }: { series: Series; count: number }) {
  const folds = foldCount(job);
  const values = { name: job.monitored, value: short(progress.best_value) };
  const note =
    folds === 0
      ? t("watch.fits.members", { count, ...values })
      : count > folds
        ? t("watch.fits.folds_of_members", { count: folds, members: count / folds, ...values })
        : t("watch.fits.folds", { count, ...values });
  return <p class="small quiet">{note}</p>;
}

interface Marked {
  series: Series;
  rows: readonly Row[];
  value: string;
  fits: readonly Fit[];
  colour: string;
  isNamed: boolean;
}

/** Where it was best, or each of its folds or members was, and where it was no number. */
function marksOf({ series, rows, value, fits, colour, isNamed }: Marked): Mark[] {
  const isMonitored = series.job.monitored === value || series.job.monitored === `val_${value}`;
  const isOne = fits.length === 0 && !hasFits(series);
  const best = (isOne ? [series.progress] : fits).flatMap(({ best_epoch, best_value }): Mark[] => {
    if (!isMonitored || best_epoch === null || best_value === null) return [];
    const text = isOne && isNamed ? t("watch.best_at", { epoch: whole(best_epoch) }) : "";
    return [{ epoch: best_epoch, value: best_value, text, colour }];
  });
  const odd = [value, `val_${value}`].flatMap((name) =>
    oddities(rows, name).map((each) => ({ epoch: each.epoch, value: null, text: short(each.value), colour })),
  );
  return [...best, ...odd];
}
