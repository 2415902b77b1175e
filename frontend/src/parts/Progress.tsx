/** How far something is, from 0 to 1. */
export function Progress({ value, label }: { value: number; label: string }) {
  return <progress class="progress" value={value} max={1} aria-label={label} />;
}
