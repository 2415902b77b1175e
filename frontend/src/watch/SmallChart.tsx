import { useMemo } from "preact/hooks";
import { resolvedColour as colour } from "../parts/colours";
import { short, whole } from "../parts/format";
import { resolved } from "../shell/theme";
import { t } from "../texts/texts";
import { Chart } from "./Chart";
import { colourOf } from "./colours";
import { columnsOf, oddities, rowAt } from "./columns";
import type { Line } from "./plot";
import type { Row } from "./rows";
import type { Series } from "./series";
import { show, type View } from "./view";

interface Props {
  title: string;
  name: "learning_rate" | "gradient_norm";
  isLog: boolean;
  allSeries: readonly Series[];
  rows: Readonly<Record<string, readonly Row[]>>;
  view: View;
  hovered: number | null;
  onHover(epoch: number | null): void;
}

/** One number of every job, along the same epochs as the chart above. */
export function SmallChart({ title, name, isLog, allSeries, rows, view, hovered, onHover }: Props) {
  const theme = resolved.value;
  const shown = allSeries
    .map((series, index) => ({ index, rows: rows[series.job.id] ?? series.rows, id: series.job.id }))
    .filter(({ id }) => !view.hidden.has(id));
  const key = shown.map(({ id, rows }) => `${id}:${rows.length}:${rows.at(-1)?.epoch}`).join(",");
  const { epochs, lines } = useMemo(() => {
    const { epochs, columns } = columnsOf(
      shown.map(({ rows }) => ({ rows, name })),
      isLog,
    );
    return {
      epochs,
      lines: shown.map(
        ({ id, index }, at): Line => ({ label: id, colour: colour(colourOf(index)), cells: columns[at] ?? [] }),
      ),
    };
  }, [key, name, theme]);
  const marks = useMemo(
    () =>
      shown.flatMap(({ rows, index }) =>
        oddities(rows, name).map(({ epoch, value }) => ({
          epoch,
          value: null,
          text: short(value),
          colour: colour(colourOf(index)),
        })),
      ),
    [key, name, theme],
  );
  const at = hovered ?? epochs.at(-1) ?? null;
  const values = shown.map(({ rows }) => (at === null ? undefined : rowAt(rows, at)?.values[name]));
  if (!lines.some(({ cells }) => cells.some((cell) => typeof cell === "number"))) return null;
  return (
    <section class="stack">
      <div class="row row-between">
        <h2>{title}</h2>
        <span class="num small" title={values.join(", ")}>
          {values.map((value) => short(value)).join(" · ")}
        </span>
      </div>
      <Chart
        label={title}
        epochs={epochs}
        lines={lines}
        marks={marks}
        isLog={isLog}
        height={160}
        zoom={view.zoom}
        onZoom={(zoom) => show({ zoom })}
        hovered={hovered}
        onHover={onHover}
        says={(epoch) =>
          `${t("watch.at_epoch", { epoch: whole(epoch) })}: ${values.map((value) => short(value)).join(", ")}`
        }
      />
    </section>
  );
}
