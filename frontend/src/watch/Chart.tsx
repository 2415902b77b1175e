/**
 * Lines over epochs. A drag zooms, a double click shows all again; from the keyboard the arrows move the cursor, + and −
 * zoom around it, Escape shows all. The picture itself is a slider over epochs, so that its values are also spoken.
 */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { resolved } from "../shell/theme";
import { type Line, type Mark, optionsOf } from "./plot";
import type { Range } from "./view";

interface Props {
  label: string;
  epochs: number[];
  lines: readonly Line[];
  marks?: readonly Mark[];
  isLog?: boolean;
  height?: number;
  zoom: Range | null;
  onZoom(range: Range | null): void;
  hovered: number | null;
  onHover(epoch: number | null): void;
  /** What is read aloud of an epoch. */
  says(epoch: number): string;
}

const NO_MARKS: readonly Mark[] = [];

export function Chart(props: Props) {
  const { label, epochs, lines, isLog = false, height = 360, zoom, onZoom, hovered, onHover, says } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = resolved.value;
  const shape = JSON.stringify([
    lines.map(({ label, colour, dashed, faint }) => [label, colour, dashed, faint]),
    isLog,
    height,
    theme,
  ]);

  useLayoutEffect(() => {
    const place = frame.current!;
    const options = optionsOf({
      width: place.clientWidth,
      height,
      isLog,
      lines,
      marks: () => latest.current.marks ?? NO_MARKS,
      range: () => latest.current.zoom,
      onZoom: (range) => latest.current.onZoom(range),
      onHover: (epoch) => latest.current.onHover(epoch),
    });
    const made = new uPlot(options, dataOf(latest.current), place);
    plot.current = made;
    const watching = new ResizeObserver(() => {
      if (place.clientWidth && place.clientWidth !== made.width) made.setSize({ width: place.clientWidth, height });
    });
    watching.observe(place);
    return () => {
      watching.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(dataOf(props));
  }, [epochs, lines, props.marks, zoom?.from, zoom?.to]);

  const first = zoom?.from ?? epochs[0] ?? 0;
  const last = zoom?.to ?? epochs.at(-1) ?? 0;
  const at = hovered ?? last;

  const move = (to: number) => {
    const index = nearest(epochs, Math.min(last, Math.max(first, to)));
    onHover(epochs[index] ?? null);
    const made = plot.current;
    if (made)
      made.setCursor(
        { left: made.valToPos(epochs[index] ?? 0, "x"), top: made.bbox.height / 2 / uPlot.pxRatio },
        false,
      );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = nearest(epochs, at);
    const page = Math.max(1, Math.round((nearest(epochs, last) - nearest(epochs, first)) / 10));
    const width = last - first;
    const jumps: Record<string, () => void> = {
      ArrowLeft: () => move(epochs[index - 1] ?? first),
      ArrowRight: () => move(epochs[index + 1] ?? last),
      PageDown: () => move(epochs[index - page] ?? first),
      PageUp: () => move(epochs[index + page] ?? last),
      Home: () => move(first),
      End: () => move(last),
      "+": () => width > 4 && onZoom({ from: Math.max(0, Math.round(at - width / 4)), to: Math.round(at + width / 4) }),
      "-": () => onZoom(null),
      Escape: () => onZoom(null),
    };
    const jump = jumps[event.key];
    if (!jump) return;
    event.preventDefault();
    jump();
  };

  return (
    <div
      class="chart"
      ref={frame}
      tabIndex={0}
      role="slider"
      aria-label={label}
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={at}
      aria-valuetext={says(at)}
      onKeyDown={onKeyDown}
    />
  );
}

function dataOf({ epochs, lines }: Props): uPlot.AlignedData {
  return [epochs, ...lines.map(({ cells }) => cells)] as uPlot.AlignedData;
}

function nearest(epochs: readonly number[], epoch: number): number {
  let best = 0;
  for (let low = 0, high = epochs.length - 1; low <= high; ) {
    const middle = (low + high) >> 1;
    if (Math.abs((epochs[middle] ?? 0) - epoch) < Math.abs((epochs[best] ?? 0) - epoch)) best = middle;
    if ((epochs[middle] ?? 0) < epoch) low = middle + 1;
    else high = middle - 1;
  }
  return best;
}
