interface Props {
  x: number;
  y: number;
  sign: "+" | "−" | "×";
  label: string;
  isDisabled?: boolean;
  onPress(): void;
}

const RADIUS = 11;

/** A round button inside a drawing. */
export function SignButton({ x, y, sign, label, isDisabled = false, onPress }: Props) {
  const press = () => !isDisabled && onPress();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing has no other button
    <g
      class="sign-button"
      role="button"
      tabindex={0}
      aria-label={label}
      aria-disabled={isDisabled}
      onClick={press}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        press();
      }}
    >
      <title>{label}</title>
      <circle cx={x} cy={y} r={RADIUS} />
      <text x={x} y={y + 4}>
        {sign}
      </text>
    </g>
  );
}
