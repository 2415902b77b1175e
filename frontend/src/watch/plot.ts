/** uPlot, set up as every chart of the page is: quiet axes, a cursor that reads values, and a drag that asks for a zoom. */
import uPlot from "uplot";
import { resolvedColour as colour, faded } from "../parts/colours";
import { type Cell, ceilingOf } from "./columns";
import type { Range } from "./view";

export interface Line {
  label: string;
  colour: string;
  dashed?: boolean;
  faint?: boolean;
  cells: Cell[];
}

export interface Mark {
  epoch: number;
  /** Where it stands; a mark without stands at the upper edge. */
  value: number | null;
  text: string;
  colour: string;
}

export interface PlotOptions {
  width: number;
  height: number;
  isLog: boolean;
  lines: readonly Line[];
  /** Read whenever it draws, for marks change without the plot being made again. */
  marks: () => readonly Mark[];
  range: () => Range | null;
  onZoom(range: Range | null): void;
  onHover(epoch: number | null): void;
}

const SYNC = "epochs";
const RIGHT_ROOM = 16;
/** Lower charts are drawn finer, and without words they show every value. */
const LEAST_HEIGHT = 200;

export function optionsOf(options: PlotOptions): uPlot.Options {
  const { width, height, isLog, lines, marks, range, onZoom, onHover } = options;
  const isSmall = height < LEAST_HEIGHT;
  const axis: uPlot.Axis = {
    stroke: colour("ink-2"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [12, RIGHT_ROOM, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: 6 },
      sync: { key: SYNC, setSeries: false, scales: ["x", null] },
      points: { size: 7 },
      bind: {
        dblclick: () => () => {
          onZoom(null);
          return null;
        },
      },
    },
    scales: {
      x: { time: false, range: (_, low, high) => (range() ? [range()!.from, range()!.to] : whole(low, high)) },
      y: {
        distr: isLog ? 3 : 1,
        range: (plot, low, high) => upright(low, isSmall || isLog ? high : lowered(plot, low, high), isLog),
      },
    },
    axes: [
      {
        ...axis,
        size: 30,
        space: 64,
        grid: { show: false },
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick.toLocaleString("en") : "")),
      },
      {
        ...axis,
        size: 64,
        space: 36,
        grid: {
          ...axis.grid,
          ...(isLog && {
            filter: (_: uPlot, ticks: number[]) => ticks.map((tick) => (isPowerOfTen(tick) ? tick : null)),
          }),
        },
        values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : written(tick))),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: line.faint ? faded(line.colour) : line.colour,
        width: line.faint || isSmall ? 1 : 1.75,
        dash: line.dashed ? [5, 4] : undefined,
        points: { show: (plot: uPlot) => (plot.data[0]?.length ?? 0) < 3 },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [
        (plot) =>
          onHover(
            plot.cursor.idx === null || plot.cursor.idx === undefined
              ? null
              : (plot.data[0]?.[plot.cursor.idx] ?? null),
          ),
      ],
      setSelect: [
        (plot) => {
          const { left, width: chosen } = plot.select;
          if (chosen < 6) return;
          const from = Math.max(0, Math.floor(plot.posToVal(left, "x")));
          const to = Math.ceil(plot.posToVal(left + chosen, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (to > from) onZoom({ from, to });
        },
      ],
      draw: [(plot) => marks().forEach((mark) => drawn(plot, mark))],
    },
  };
}

/** The upper end without a few values far above the rest, unless only those are in view. */
function lowered(plot: uPlot, low: number | null, high: number | null): number | null {
  const ceiling = ceilingOf(plot.data.slice(1) as Cell[][]);
  return ceiling === null || low === null || high === null || low >= ceiling ? high : Math.min(high, ceiling);
}

/** Where no value is a number there is an axis all the same, for marks to stand on. */
function upright(low: number | null, high: number | null, isLog: boolean): uPlot.Range.MinMax {
  if (low === null || high === null) return isLog ? [0.1, 1] : [0, 1];
  return isLog ? uPlot.rangeLog(low, high, 10, false) : uPlot.rangeNum(low, high, 0.1, true);
}

function isPowerOfTen(value: number): boolean {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-9;
}

function whole(low: number, high: number): [number, number] {
  return low === high ? [low - 1, high + 1] : [low, high];
}

function written(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size < 1e-3 || size >= 1e6 ? value.toExponential(0) : String(Number(value.toPrecision(4)));
  return text.replace("e+", "e").replaceAll("-", "−");
}

/** A ring at a value, or a cross at the upper edge, with its word beside. */
function drawn(plot: uPlot, mark: Mark): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  const x = plot.valToPos(mark.epoch, "x", true);
  const { left, top, width } = plot.bbox;
  if (x < left - 1 || x > left + width + 1) return;
  const y = mark.value === null ? top + 8 * ratio : plot.valToPos(mark.value, "y", true);
  if (!Number.isFinite(y)) return;
  ctx.save();
  ctx.setLineDash([]);
  ctx.fillStyle = colour("paper");
  ctx.strokeStyle = mark.colour;
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  const arm = 4 * ratio;
  if (mark.value === null) {
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x + arm, y - arm);
    ctx.lineTo(x - arm, y + arm);
  } else {
    ctx.arc(x, y, 5 * ratio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.stroke();
  if (mark.text) named(ctx, mark, x, y, left + width, ratio);
  ctx.restore();
}

function named(ctx: CanvasRenderingContext2D, mark: Mark, x: number, y: number, right: number, ratio: number): void {
  ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  const room = 10 * ratio;
  const fits = x + room + ctx.measureText(mark.text).width < right;
  ctx.textAlign = fits ? "left" : "right";
  ctx.textBaseline = "middle";
  ctx.strokeStyle = colour("paper");
  ctx.lineWidth = 4 * ratio;
  const [at, up] = [x + (fits ? room : -room), mark.value === null ? y : y - 12 * ratio];
  ctx.strokeText(mark.text, at, up);
  ctx.fillStyle = mark.colour;
  ctx.fillText(mark.text, at, up);
}
