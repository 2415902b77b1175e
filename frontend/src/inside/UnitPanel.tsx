import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { NumberCell } from "../step/NumberCell";
import { t } from "../texts/texts";
import type { Edge } from "./nearest";
import type { Stage } from "./stages";

interface Props {
  stages: readonly Stage[];
  names: readonly string[];
  /** The unit, and the connection that was clicked. */
  chosen: Omit<Edge, "from"> & { from: number | null };
  /** Null where it cannot be set: then it is only shown. */
  onWeight: ((from: number, value: number) => void) | null;
  onBias: ((value: number) => void) | null;
  onClose(): void;
  children?: ComponentChildren;
}

/** More numbers than this are set in the JSON, or imported. */
const MOST = 64;

/** One unit of a drawing: its bias, and the weight of each connection that leads to it. */
export function UnitPanel({ stages, names, chosen, onWeight, onBias, onClose, children }: Props) {
  const { stage: at, unit, from } = chosen;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const input = from === null ? null : panel.current?.querySelector<HTMLInputElement>(`[data-from="${from}"] input`);
    (input ?? panel.current)?.focus();
    input?.select();
  }, [at, unit, from]);
  const stage = stages[at];
  if (!stage || unit >= stage.units) return null;
  const weights = (stage.weights ?? []).map((row) => row[unit] ?? 0);
  const bias = stage.biases[unit];
  const title = t("inside.unit_of", { layer: stage.name, n: unit + 1 });
  const sourceOf = (source: number) =>
    at === 1
      ? (names[source] ?? `x${source + 1}`)
      : t("inside.unit_of", { layer: stages[at - 1]!.name, n: source + 1 });
  return (
    <section
      ref={panel}
      class="card unit-panel"
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <div class="row row-between">
        <h3>{title}</h3>
        <button type="button" class="button-plain" onClick={onClose}>
          {t("inside.close")}
        </button>
      </div>
      {children}
      <div class="unit-numbers">
        {bias !== undefined && <Cell label={t("inside.bias")} value={bias} onValue={onBias} />}
        {weights.slice(0, MOST).map((value, source) => (
          <Cell
            key={source}
            from={source}
            label={t("inside.weight_from", { source: sourceOf(source) })}
            value={value}
            onValue={onWeight && ((next) => onWeight(source, next))}
          />
        ))}
      </div>
      {weights.length > MOST && <p class="small quiet">{t("inside.more_units", { n: weights.length - MOST })}</p>}
    </section>
  );
}

interface CellProps {
  label: string;
  value: number;
  from?: number;
  onValue: ((value: number) => void) | null;
}

function Cell({ label, value, from, onValue }: CellProps) {
  if (!onValue)
    return (
      <div class="cell-field" data-from={from}>
        <span>{label}</span>
        <span class="num">{value}</span>
      </div>
    );
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside NumberCell
    <label class="cell-field" data-from={from}>
      <span>{label}</span>
      <NumberCell label={label} value={value} onChange={onValue} />
    </label>
  );
}
