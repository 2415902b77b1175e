import type { AliasMove } from "../api/types";

/** The version that rolling back leads to; null where there is none. `moves` are newest first, none left out. */
export function before(moves: readonly AliasMove[]): number | null {
  let pointedAt: number[] = [];
  for (const { action, version } of moves.toReversed()) {
    if (action === "roll_back") pointedAt = pointedAt.slice(0, -1);
    else pointedAt = version === null ? [] : [...pointedAt, version];
  }
  return pointedAt.at(-2) ?? null;
}

/** The number of the newest move, by which a change says what it was decided on. */
export const seen = (moves: readonly AliasMove[]): number | null =>
  moves[0] && moves[0].version !== null ? moves[0].number : null;
