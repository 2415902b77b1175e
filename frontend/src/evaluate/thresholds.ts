/** What becomes of rows when those that score at least a threshold are taken for a class. */
import type { Evaluation } from "../api/types";

export type Curve = NonNullable<Evaluation["curves"]>[number];

/** A threshold of the ROC curve, null above every score, with the counts and shares there. */
export interface Decision {
  threshold: number | null;
  falsePositiveRate: number;
  truePositiveRate: number;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
  /** Null where no row is taken for the class. */
  precision: number | null;
  recall: number;
  f1: number;
  accuracy: number;
}

/** From the highest threshold to the lowest; `positives` of the `rows` are of the class. */
export const decisionsOf = (curve: Curve, positives: number, rows: number): Decision[] =>
  (curve.roc ?? []).map((point) => decisionAt(point, positives, rows - positives));

function decisionAt(point: NonNullable<Curve["roc"]>[number], positives: number, negatives: number): Decision {
  const truePositives = Math.round(point.true_positive_rate * positives);
  const falsePositives = Math.round(point.false_positive_rate * negatives);
  const taken = truePositives + falsePositives;
  return {
    threshold: point.threshold,
    falsePositiveRate: point.false_positive_rate,
    truePositiveRate: point.true_positive_rate,
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: negatives - falsePositives,
    precision: taken === 0 ? null : truePositives / taken,
    recall: truePositives / positives,
    f1: (2 * truePositives) / (taken + positives),
    accuracy: (truePositives + negatives - falsePositives) / (positives + negatives),
  };
}

/** Where to begin: at the network's own threshold, else at one half of a probability, at zero of another score. */
export function usual(decisions: readonly Decision[], isProbability: boolean, own: number | null = null): number {
  const least = own ?? (isProbability ? 0.5 : 0);
  const last = decisions.findLastIndex(({ threshold }) => threshold === null || threshold >= least);
  return Math.max(0, last);
}
