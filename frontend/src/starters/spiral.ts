import type { Rows } from "../rows/types";

const PER_ARM = 110;
const TURNS = 1.75;

/** Two arms that wind about each other, a little shaken, and the same every time. */
export function spiral(): Rows {
  const shake = random(7);
  const rows: Rows = { inputs: [], targets: [] };
  for (let index = 0; index < PER_ARM; index += 1) {
    for (const arm of [0, 1]) {
      const along = index / (PER_ARM - 1);
      const angle = along * TURNS * 2 * Math.PI + arm * Math.PI;
      const radius = 0.08 + 0.88 * along;
      rows.inputs.push(
        [radius * Math.sin(angle) + shake(), radius * Math.cos(angle) + shake()].map((x) => Math.round(x * 1e4) / 1e4),
      );
      rows.targets.push(arm === 0 ? "orange" : "blue");
    }
  }
  return rows;
}

/** Small numbers about zero by a linear congruence (Numerical Recipes, section 7.1). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.05;
  };
}
