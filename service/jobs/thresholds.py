"""Chooses the threshold of a class by the validation rows of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from service.data.signatures.classes import Classifier
from service.data.signatures.output_rows import class_probabilities
from service.data.thresholds import Decided, Threshold, ThresholdRule
from service.engine.arrays import Array
from service.engine.metrics.decisions import Cells, ClassThreshold, decisions
from service.engine.thresholds import best_threshold, figures


def choose_threshold(outputs: Array, targets: Array, classifier: Classifier, rule: ThresholdRule) -> Threshold:
    """From probabilities and targets (rows, outputs) of held-out rows. Without a threshold, it says why."""
    index = rule.index(classifier)
    positive = _of_class(targets, index)
    before = figures(_of_class(outputs, index), positive)
    positives = int(np.count_nonzero(positive))
    known = Threshold(
        positive=classifier.form.names[index],
        metric=rule.metric,
        rows=len(outputs),
        positives=positives,
        before=Decided(**before),
    )
    if positives in (0, len(positive)):
        which = "no" if positives == 0 else "every"
        return replace(known, reason=f"{which} validation row is of the class {known.positive}")
    best = best_threshold(class_probabilities(outputs)[:, index], positive, rule.metric, rule.least)
    if best is None:
        metric, least = rule.least or (rule.metric, 0.0)
        return replace(known, reason=f"no threshold reaches a {metric} of {least:g} on the validation rows")
    value, is_binary = best.value, len(classifier.form.names) == 2
    if _is_met(before, rule) and before[rule.metric] >= best.score:
        if not is_binary:
            return replace(known, reason=f"the most probable class has as high a {rule.metric} on the validation rows")
        value = 0.5
    after = figures(_of_class(ClassThreshold(index, value).decided(outputs), index), positive)
    return replace(known, value=value, after=Decided(**after))


def _is_met(before: dict[str, float], rule: ThresholdRule) -> bool:
    return rule.least is None or before[rule.least[0]] >= rule.least[1]


def _of_class(values: Array, index: int) -> Cells:
    """Whether each row is decided to be of the class, (rows,)."""
    cells = decisions(values, multilabel=False)
    found: Cells = cells[index] if len(cells) > 1 else cells[0] == bool(index)
    return found
