/** Numbers of a network's weights that are set by hand: seen at once, and stored as new weights only when that is asked for. */
import { useState } from "preact/hooks";
import type { Weights } from "../api/types";
import { countOf, edited } from "./edited";
import type { Edge } from "./nearest";
import type { Stage } from "./stages";

export interface Edits {
  /** The unit that is looked at, and the connection that was clicked. */
  chosen: (Omit<Edge, "from"> & { from: number | null }) | null;
  choose(chosen: Edits["chosen"]): void;
  /** With what was set; the weights as they are where nothing was. */
  weights: Weights;
  /** Of which weights it was set, and how many numbers; null where none was. */
  set: { of: Weights; count: number } | null;
  setWeight(stage: Stage, unit: number, value: number, from?: number): void;
  forget(): void;
}

export function useEdits(weights: Weights): Edits {
  const [chosen, choose] = useState<Edits["chosen"]>(null);
  const [own, setOwn] = useState<{ of: Weights; now: Weights } | null>(null);
  const now = own?.now ?? weights;
  const count = own ? countOf(own.of, own.now) : 0;
  return {
    chosen,
    choose,
    weights: now,
    set: own && count > 0 ? { of: own.of, count } : null,
    // The first change holds the weights as they are: a training that goes on would move them on beneath it.
    setWeight: ({ name }, unit, value, from) =>
      setOwn({ of: own?.of ?? weights, now: edited(now, name, unit, value, from) }),
    forget: () => setOwn(null),
  };
}
