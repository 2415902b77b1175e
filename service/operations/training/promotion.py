"""The option `promote` of a training, read from a request and checked as far as possible in advance."""

from __future__ import annotations

from dataclasses import replace

from service.domain.access import Scope
from service.engine.network import Network
from service.engine.training.spec import TrainingSpec
from service.errors import Forbidden, Invalid
from service.jobs.promotion_rule import IF, PromotionRule
from service.jobs.snapshot_policy import SnapshotPolicy
from service.operations import names
from service.operations.backend import Backend
from service.operations.training.training_data import TrainingData
from service.operations.validation import invalid
from service.schema.rules import unknown

PROMOTE = "promote"


def read_promotion(value: object) -> PromotionRule:
    """Raises ValidationError, and Invalid for a name that no alias may have."""
    rule = PromotionRule.from_json(value)
    if issues := list(names.alias_issues(rule.alias)):
        raise Invalid(fields=[replace(issue, path=("alias",)) for issue in issues])
    return rule


def check_promotion(
    backend: Backend,
    rule: PromotionRule,
    training: TrainingSpec,
    data: TrainingData,
    snapshots: SnapshotPolicy,
    network: Network,
) -> None:
    """Raises Invalid, and Forbidden for a caller who may not move aliases."""
    if not backend.caller.may(Scope.MANAGE):
        raise Forbidden("To promote, a key needs the scope manage, as to move an alias.")
    if data.validation is None and data.test is None:
        raise invalid((PROMOTE,), "needs validation or test rows to judge by")
    share = data.validation or {}
    if data.test is None and network.members and "fraction" in share and not share.get("time"):
        raise invalid((PROMOTE,), "needs test rows: the validation rows of one member are training rows of the others")
    if not snapshots.last:
        raise invalid((PROMOTE,), "needs the weights that the run ends with, so snapshots must keep the last ones")
    known = [name for name in training.numbers(validated=True) if name.startswith("val_")]
    if rule.condition.metric not in known:
        raise invalid((PROMOTE, IF, "metric"), unknown(rule.condition.metric, known, "metric of held-out rows"))
