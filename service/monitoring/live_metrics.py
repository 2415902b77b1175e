"""How good answers were, once the truth is known: the engine's own metrics."""

from __future__ import annotations

from collections.abc import Sequence

from service.data.signatures.signature import Signature
from service.engine.arrays import Array
from service.engine.metrics.base import Metric
from service.engine.metrics.classification import Accuracy, LogLoss, RocAuc
from service.engine.metrics.table import R2, MeanAbsoluteError, RootMeanSquaredError


def metrics_for(signature: Signature) -> Sequence[Metric]:
    classifier = signature.classifier
    if classifier is None:
        return MeanAbsoluteError(), RootMeanSquaredError(), R2()
    return (Accuracy(), LogLoss(), RocAuc()) if classifier.gives_probabilities else (Accuracy(), RocAuc())


def live_metrics(signature: Signature, outputs: Array, targets: Array) -> dict[str, float]:
    """Each metric by its key, of answers and truth (rows, outputs) in the user's units; NaN if it is undefined."""
    classifier, loss = signature.classifier, signature.network.spec.loss
    multilabel = classifier is not None and classifier.multilabel
    if classifier is not None:
        outputs, targets = loss.as_probabilities(outputs), loss.as_probabilities(targets)
    decided = outputs if classifier is None else classifier.decided(outputs)
    return {
        metric.key: metric.of(decided if metric.by_decision else outputs, targets, multilabel=multilabel)
        for metric in metrics_for(signature)
    }
