/** How fast a training goes, where it is held back so that one can watch it. */

/** A whole training of a tiny network takes about so long. */
const WATCHED_SECONDS = 40;

/** The paces to choose from, in epochs a second; null is as fast as it goes. */
export const PACES: readonly (number | null)[] = [1, 3, 10, 30, 100, 300, null];

/** The pace of those to choose from at which so many epochs can be watched. */
export const watchable = (epochs: number): number =>
  PACES.filter((pace) => pace !== null).reduce((best, pace) =>
    Math.abs(Math.log((pace * WATCHED_SECONDS) / epochs)) < Math.abs(Math.log((best * WATCHED_SECONDS) / epochs))
      ? pace
      : best,
  );

/** Networks with so few weights are over too soon to be watched, if they train for long enough to show something. */
const TINY_PARAMETERS = 500;
const LONG_EPOCHS = 500;

/** The pace of a training whose pace nobody has chosen. */
export const usualPace = (parameters: number, epochs: number): number | null =>
  parameters <= TINY_PARAMETERS && epochs >= LONG_EPOCHS ? watchable(epochs) : null;

/** All choices, with one that somebody else has chosen among them. */
export function pacesWith(own: number | null): readonly (number | null)[] {
  if (PACES.includes(own)) return PACES;
  const numbers = [...PACES, own].filter((pace) => pace !== null).sort((a, b) => a - b);
  return [...numbers, null];
}
