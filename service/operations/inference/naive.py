"""What the best constant answer achieves on the same rows: the figure that a network has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.evaluation import is_multilabel
from service.engine.metrics.base import Metric
from service.engine.rows import Rows
from service.jobs.findings.data_facts import naive_loss
from service.jobs.findings.naive import naive_answer
from service.operations.models.models import Model


@dataclass(frozen=True)
class Naive:
    """`answer` by output: shares of classes or a number in the user's units; `label` is the most frequent class."""

    answer: Mapping[str, float]
    label: str | None
    loss: float  #: without penalties, as the constant has no weights
    metrics: Mapping[str, float]


def naive_of(model: Model, rows: Rows, metrics: Sequence[Metric]) -> Naive:
    network = model.network
    loss = network.spec.loss
    with np.errstate(all="ignore"):
        answer = naive_answer(network, rows)
        constant = np.broadcast_to(np.asarray(answer, network.dtype), rows.targets.shape)
        outputs, truth = loss.as_probabilities(constant), loss.as_probabilities(rows.targets)
        if rows.units is not None:
            outputs, truth = rows.units.restore(outputs), rows.units.restore_targets(truth)
        found = {one.key: one.of(outputs, truth, multilabel=is_multilabel(network)) for one in metrics}
        names = map(str, model.signature.output_names)
        by_name = dict(zip(names, map(float, outputs[0]), strict=False))
        return Naive(by_name, _label(model, answer), naive_loss(network, rows), found)


def _label(model: Model, answer: np.ndarray) -> str | None:
    classifier = model.classifier
    if classifier is None or classifier.multilabel:
        return None
    names = classifier.form.names
    return names[int(answer[0] > classifier.halfway)] if len(answer) == 1 else names[int(answer.argmax())]
