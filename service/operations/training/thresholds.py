"""The threshold that a training is to choose at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.data.calibration import has_temperature
from service.data.signatures.signature import Signature
from service.data.thresholds import ONE_OF_PROBABILITIES, ThresholdRule
from service.engine.metrics.table import METRICS
from service.jobs.promotion_rule import IF, PromotionRule
from service.operations.training.promotion import PROMOTE
from service.schema.types import Body
from service.schema.validation import SpecError, ValidationIssue

THRESHOLD = "threshold"


def read_threshold(value: Any, body: Body, signature: Signature) -> ThresholdRule | None:
    """With the class that is meant by none. Raises SpecError where a training could not choose one."""
    rule, classifier = ThresholdRule.from_json(value), signature.classifier
    if classifier is None or classifier.multilabel or not has_temperature(signature.network, classifier):
        raise _reject(ONE_OF_PROBABILITIES)
    if body.get("validation") is None:
        raise _reject("needs validation rows: give validation too")
    try:
        index = rule.index(classifier)
    except ValueError as error:
        raise _reject(str(error), "positive") from None
    return replace(rule, positive=classifier.form.names[index])


def check_beside_promotion(rule: ThresholdRule | None, promotion: PromotionRule | None) -> None:
    """Raises SpecError where models would be compared by a metric of predicted classes, which is without thresholds."""
    if rule is None or promotion is None:
        return
    name = promotion.condition.metric.removeprefix("val_")
    if name in METRICS and METRICS[name].by_decision:
        words = f"must not be val_{name} with threshold: models are compared without thresholds; use val_loss, "
        words += "val_roc_auc or val_average_precision"
        raise _reject(words, PROMOTE, IF, "metric")


def _reject(message: str, *path: str) -> SpecError:
    return SpecError([ValidationIssue(path, message)])
