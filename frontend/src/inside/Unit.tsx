import { short } from "../parts/format";
import { narrow, RADIUS } from "./places";

/** Of `island: Biscoe`, the word. */
function cut(name: string): string {
  const word = name.split(": ").at(-1)!;
  const [most, left] = narrow.matches ? [6, 4] : [9, 8];
  return word.length > most ? `${word.slice(0, left)}…` : word;
}

interface UnitProps {
  x: number;
  y: number;
  value: number | undefined;
  name: string | undefined;
  side: number;
  title: string;
  isChosen: boolean;
  onChoose?: () => void;
}

export function Unit({ x, y, value, name, side, title, isChosen, onChoose }: UnitProps) {
  const isButton = onChoose !== undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it has the role of a button where it can be chosen
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: likewise
    <g
      class={`unit${isChosen ? " unit-chosen" : ""}${isButton ? " unit-button" : ""}`}
      role={isButton ? "button" : undefined}
      tabindex={isButton ? 0 : undefined}
      aria-label={isButton ? title.replaceAll("\n", ", ") : undefined}
      aria-pressed={isButton ? isChosen : undefined}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (!onChoose || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        onChoose();
      }}
    >
      <circle cx={x} cy={y} r={RADIUS} />
      <title>{title}</title>
      {value !== undefined && side === 0 && (
        <text class="unit-value" x={x} y={y + RADIUS + 11}>
          {short(value, 3)}
        </text>
      )}
      {side !== 0 && (
        <text class={side < 0 ? "unit-side end" : "unit-side"} x={x + side * (RADIUS + 6)} y={y + (name ? -2 : 4)}>
          {name && (
            <tspan class="unit-name" x={x + side * (RADIUS + 6)}>
              {cut(name)}
            </tspan>
          )}
          {value !== undefined && (
            <tspan x={x + side * (RADIUS + 6)} dy={name ? "1.1em" : 0}>
              {short(value, 3)}
            </tspan>
          )}
        </text>
      )}
    </g>
  );
}
