interface Props<T> {
  label: string;
  value: T;
  choices: readonly T[];
  onPick(value: T): void;
  /** How a choice is called, where not as it is. */
  nameOf?(value: T): string;
}

/** One of a few values, with its name before it. */
export function Pick<T extends number | string>({ label, value, choices, onPick, nameOf = String }: Props<T>) {
  return (
    <label class="room-option">
      <span>{label}</span>
      <select
        aria-label={label}
        value={String(value)}
        onChange={(event) => onPick(choices[event.currentTarget.selectedIndex]!)}
      >
        {choices.map((each) => (
          <option value={String(each)}>{nameOf(each)}</option>
        ))}
      </select>
    </label>
  );
}
