import { useRef, useState } from "preact/hooks";
import { t } from "../texts/texts";

interface Props {
  side: number;
  values: number[];
  onValues: (values: number[]) => void;
}

/** A small picture to be drawn on: with the pointer, or with arrows and the space bar. */
export function PixelInput({ side, values, onValues }: Props) {
  const drawn = useRef<number | null>(null);
  const [at, setAt] = useState(0);
  const paint = (index: number, ink: number) => onValues(values.with(index, ink));

  function indexUnder(event: PointerEvent & { currentTarget: SVGSVGElement }): number | null {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * side);
    const row = Math.floor(((event.clientY - box.top) / box.height) * side);
    return column >= 0 && row >= 0 && column < side && row < side ? row * side + column : null;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -side, ArrowDown: side }[event.key];
    if (step !== undefined && values[at + step] !== undefined) setAt(at + step);
    else if (event.key === " ") paint(at, (values[at] ?? 0) > 0.5 ? 0 : 1);
    else return;
    event.preventDefault();
  }

  return (
    <div class="field">
      <span class="label">{t("predict.draw")}</span>
      <svg
        class="pixels"
        viewBox={`0 0 ${side} ${side}`}
        role="application"
        tabindex={0}
        aria-label={t("predict.draw.label", { side })}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          const index = indexUnder(event);
          if (index === null) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drawn.current = (values[index] ?? 0) > 0.5 ? 0 : 1;
          setAt(index);
          paint(index, drawn.current);
        }}
        onPointerMove={(event) => {
          const index = indexUnder(event);
          if (drawn.current !== null && index !== null && values[index] !== drawn.current) paint(index, drawn.current);
        }}
        onPointerUp={() => (drawn.current = null)}
      >
        {values.map((ink, index) => (
          <rect
            class={index === at ? "pixel pixel-here" : "pixel"}
            x={index % side}
            y={Math.floor(index / side)}
            width="1"
            height="1"
            fill-opacity={Math.min(1, Math.max(0, ink))}
          />
        ))}
      </svg>
      <div class="row">
        <button type="button" onClick={() => onValues(values.map(() => 0))}>
          {t("predict.draw.clear")}
        </button>
        <span class="help">{t("predict.draw.help")}</span>
      </div>
    </div>
  );
}
