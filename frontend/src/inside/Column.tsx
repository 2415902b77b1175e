import { useLayoutEffect, useRef } from "preact/hooks";
import { Still } from "../parts/Still";
import { language } from "../texts/language";
import { t } from "../texts/texts";
import { MOST_UNITS, type Places } from "./places";
import type { Stage } from "./stages";
import { Unit } from "./Unit";

interface Props {
  stage: Stage;
  at: number;
  places: Places;
  /** What the units show in words. While they move these may be a little older than the fills. */
  values: readonly number[] | null | undefined;
  fills: readonly string[] | undefined;
  /** Of the units, where they have names; and where these stand: −1 left of them, 1 right, 0 for values below. */
  names: readonly string[];
  side: -1 | 0 | 1;
  lit: boolean;
  chosen: number | null;
  onChoose?(unit: number): void;
}

/** The units of a stage. Where they move, only the colours are set. */
export function Column({ stage, at, places, values, fills, names, side, lit, chosen, onChoose }: Props) {
  const group = useRef<SVGGElement>(null);
  const choose = useRef(onChoose);
  choose.current = onChoose;
  const isButton = onChoose !== undefined;
  const { x, y } = places;
  const { name, caption, units, biases } = stage;
  const shape = [name, caption, units, x(at), y(at, 0), y(at, 1), names, side, isButton];
  useLayoutEffect(() => {
    group.current!.querySelectorAll("circle").forEach((circle, unit) => {
      const fill = fills?.[unit] ?? "var(--raised)";
      if (circle.style.fill !== fill) circle.style.fill = fill;
    });
  }, [fills, ...shape]);
  return (
    <g ref={group} class={lit ? "" : "unlit"}>
      <Still on={[values ?? biases, chosen, language.value, ...shape]}>
        {() => (
          <>
            <text class="drawing-name" x={x(at)} y={16}>
              {at === 0 ? t("inside.inputs") : name}
            </text>
            <text class="drawing-caption" x={x(at)} y={31}>
              {caption}
            </text>
            {Array.from({ length: Math.min(units, MOST_UNITS) }, (_, unit) => (
              <Unit
                x={x(at)}
                y={y(at, unit)}
                value={values?.[unit]}
                name={names[unit]}
                side={side}
                title={titleOf(stage, at, unit, values?.[unit], names)}
                isChosen={chosen === unit}
                onChoose={isButton ? () => choose.current?.(unit) : undefined}
              />
            ))}
            {units > MOST_UNITS && (
              <text class="drawing-caption" x={x(at)} y={y(at, MOST_UNITS) - 8}>
                {t("inside.more_units", { n: units - MOST_UNITS })}
              </text>
            )}
          </>
        )}
      </Still>
    </g>
  );
}

function titleOf(stage: Stage, at: number, unit: number, value: number | undefined, names: readonly string[]): string {
  const bias = stage.biases[unit];
  const name = at === 0 ? (names[unit] ?? `x ${unit + 1}`) : `${stage.name}, ${t("inside.unit", { n: unit + 1 })}`;
  return [name, value === undefined ? null : `= ${value}`, bias === undefined ? null : `${t("inside.bias")} ${bias}`]
    .filter(Boolean)
    .join("\n");
}
