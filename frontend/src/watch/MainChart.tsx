import { useMemo } from "preact/hooks";
import { short, whole } from "../parts/format";
import { resolved } from "../shell/theme";
import { t } from "../texts/texts";
import { Chart } from "./Chart";
import { colourOf } from "./colours";
import { columnsOf, oddities, rowAt } from "./columns";
import type { Course } from "./course";
import { HistoryTable } from "./HistoryTable";
import { Legend, type Reading } from "./Legend";
import { colour, type Line, type Mark } from "./plot";
import type { Row } from "./rows";
import { smoothed } from "./smooth";
import { show, type View } from "./view";

interface Props {
  courses: readonly Course[];
  /** By job id: the rows to draw. */
  rows: Readonly<Record<string, readonly Row[]>>;
  view: View;
  hovered: number | null;
  onHover(epoch: number | null): void;
}

/** The loss, or a metric, of every job: training solid, validation dashed. */
export function MainChart({ courses, rows, view, hovered, onHover }: Props) {
  const { value, isLog, smooth } = view;
  const theme = resolved.value;
  const shown = courses.map((course, index) => ({ course, index, rows: rows[course.job.id] ?? course.rows })).filter(({ course }) => !view.hidden.has(course.job.id));
  const key = shown.map(({ course, rows }) => `${course.job.id}:${rows.length}:${rows[0]?.epoch}:${rows.at(-1)?.epoch}`).join(",");

  const { epochs, lines } = useMemo(() => {
    const names = shown.flatMap(({ course, index, rows }) =>
      [value, `val_${value}`].filter((name) => rows.some((row) => name in row.values)).map((name) => ({ name, rows, course, index })),
    );
    const { epochs, columns } = columnsOf(names, isLog);
    const raw = names.map(({ name, course, index }, at): Line => ({
      label: `${course.job.id} ${name}`,
      colour: colour(colourOf(index)),
      dashed: name !== value,
      cells: columns[at] ?? [],
    }));
    const lines = smooth === 0 ? raw : [...raw.map((line) => ({ ...line, faint: true })), ...raw.map((line) => ({ ...line, cells: smoothed(epochs, line.cells, smooth) }))];
    return { epochs, lines };
  }, [key, value, isLog, smooth, theme]);

  const marks = useMemo(() => shown.flatMap(({ course, index, rows }) => marksOf(course, rows, value, colour(colourOf(index)), shown.length === 1)), [key, value, theme, bests(courses)]);

  const last = epochs.at(-1) ?? null;
  const at = hovered ?? last;
  const readings = shown.map(({ course, index, rows }): Reading => {
    const values = at === null ? {} : (rowAt(rows, at)?.values ?? {});
    return { name: courses.length > 1 ? course.job.id.slice(-6) : "", colour: colourOf(index), training: values[value], validation: values[`val_${value}`] };
  });
  const says = (epoch: number) =>
    [t("watch.at_epoch", { epoch: whole(epoch) }), ...readings.map(({ name, training, validation }) => spoken(name, training, validation))].join(", ");

  return (
    <div class="stack">
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
      <Legend epoch={at} readings={readings} />
      <HistoryTable courses={shown.map(({ course }) => course)} rowsOf={(course) => rows[course.job.id] ?? course.rows} names={[value, `val_${value}`, "learning_rate", "gradient_norm"]} />
    </div>
  );
}

const bests = (courses: readonly Course[]) => courses.map(({ progress }) => progress.best_epoch).join(",");

function spoken(name: string, training: number | undefined, validation: number | undefined): string {
  const values = `${t("watch.training")} ${short(training)}${validation === undefined ? "" : `, ${t("watch.validation")} ${short(validation)}`}`;
  return name ? `${name} ${values}` : values;
}

/** Where it was best, and where it was no number. */
function marksOf(course: Course, rows: readonly Row[], value: string, colour: string, isNamed: boolean): Mark[] {
  const { best_epoch, best_value } = course.progress;
  const isMonitored = course.job.monitored === value || course.job.monitored === `val_${value}`;
  const best = isMonitored && best_epoch !== null && best_value !== null ? [{ epoch: best_epoch, value: best_value, text: isNamed ? t("watch.best_at", { epoch: whole(best_epoch) }) : "", colour }] : [];
  const odd = [value, `val_${value}`].flatMap((name) => oddities(rows, name).map((each) => ({ epoch: each.epoch, value: null, text: short(each.value), colour })));
  return [...best, ...odd];
}
