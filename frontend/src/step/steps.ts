/** The way through one training step: the row, forward layer by layer, the loss, backward, and the new weights. */
export type Step =
  | { kind: "row" }
  | { kind: "loss" }
  | { kind: "update" }
  | { kind: "forward"; layer: number }
  | { kind: "backward"; layer: number };

/** Layers count from 1. */
export function stepsOf(layers: number): Step[] {
  const each = Array.from({ length: layers }, (_, index) => index + 1);
  return [
    { kind: "row" },
    ...each.map((layer): Step => ({ kind: "forward", layer })),
    { kind: "loss" },
    ...each.toReversed().map((layer): Step => ({ kind: "backward", layer })),
    { kind: "update" },
  ];
}
