/** What the drawing shows in a step: units that have their number already, and the layer at work in full ink. */
import type { Pass } from "./pass";
import type { Step } from "./steps";

export interface Picture {
  values: (readonly number[] | null)[];
  /** The stages that show δ. */
  deltas: ReadonlySet<number>;
  lit: ReadonlySet<number>;
  litEdges: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

export function pictureOf(pass: Pass, step: Step): Picture {
  const count = pass.layers.length;
  const activations = [pass.inputs, ...pass.layers.map(({ a }) => a)];
  const deltas = [null, ...pass.layers.map(({ delta }) => delta)];
  const every = new Set(Array.from({ length: count + 1 }, (_, index) => index));
  const upTo = (last: number) => activations.map((values, index) => (index <= last ? values : null));
  switch (step.kind) {
    case "row":
      return { values: upTo(0), deltas: NONE, lit: new Set([0]), litEdges: new Set() };
    case "forward":
      return {
        values: upTo(step.layer),
        deltas: NONE,
        lit: new Set([step.layer - 1, step.layer]),
        litEdges: new Set([step.layer]),
      };
    case "loss":
      return { values: activations, deltas: NONE, lit: new Set([count]), litEdges: new Set() };
    case "backward": {
      const isLast = step.layer === count;
      const values = deltas.map((values, index) =>
        index >= step.layer ? values : index === step.layer - 1 ? (activations[index] ?? null) : null,
      );
      return {
        values,
        deltas: new Set([...deltas.keys()].filter((index) => index >= step.layer)),
        lit: new Set(isLast ? [step.layer - 1, step.layer] : [step.layer - 1, step.layer, step.layer + 1]),
        litEdges: new Set([step.layer, step.layer + 1]),
      };
    }
    case "update":
      return { values: activations.map(() => null), deltas: NONE, lit: every, litEdges: every };
  }
}
