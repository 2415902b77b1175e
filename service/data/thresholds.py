"""The threshold at which one class is predicted: what a training is asked for, and what is kept with its weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.data.number_columns import MAX_NAME
from service.data.signatures.classes import Classifier
from service.engine.metrics.decisions import ClassThreshold
from service.engine.thresholds import FORMULAS
from service.schema.fields import Nested, Spec, field
from service.schema.rules import Integer, Number, OneOf, Text
from service.schema.validation import ValidationIssue

#: The fields that bound another metric from below, by that metric.
LEAST = {"precision": "min_precision", "recall": "min_recall"}
#: What each of these is without a bound on the other: 1 for a threshold of 0 or of nearly 1.
NEEDS = {"recall": "precision", "precision": "recall"}
SHARE = Number(minimum=0, maximum=1)
MAX_REASON = 1000


@dataclass(frozen=True, kw_only=True)
class ThresholdRule(Spec):
    """Predict a class where its probability is above the threshold that is best on the validation rows."""

    metric: str = field(
        OneOf(tuple(FORMULAS)), help="of the class against all others, that is to be as high as possible"
    )
    positive: str | None = field(
        Text(MAX_NAME), default=None, help="the class, by label or index; null: the second of two"
    )
    min_precision: float | None = field(SHARE, default=None, help="the least precision to accept")
    min_recall: float | None = field(SHARE, default=None, help="the least recall to accept")

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.min_precision is not None and self.min_recall is not None:
            yield ValidationIssue(("min_recall",), "must not be given together with min_precision")
        elif self.metric in NEEDS and getattr(self, wanted := LEAST[NEEDS[self.metric]]) is None:
            words = (
                f"is required with the metric {self.metric}, which alone is best where all rows, or none, are predicted"
            )
            yield ValidationIssue((wanted,), words)
        elif self.metric in LEAST and getattr(self, LEAST[self.metric]) is not None:
            yield ValidationIssue((LEAST[self.metric],), "must be left out: it is the metric itself")

    @property
    def least(self) -> tuple[str, float] | None:
        """A metric and the least of it to accept."""
        given = ((metric, getattr(self, name)) for metric, name in LEAST.items())
        return next(((metric, value) for metric, value in given if value is not None), None)

    def index(self, classifier: Classifier) -> int:
        """Of the class. Raises ValueError for one that there is not, or if none is named among more than two."""
        names = classifier.form.names
        if self.positive is None and len(names) != 2:
            raise ValueError(f"is required, one of {', '.join(names)}")
        if self.positive is not None and self.positive not in names:
            raise ValueError(f"must be one of {', '.join(names)}; got {self.positive}")
        return 1 if self.positive is None else names.index(self.positive)


@dataclass(frozen=True, kw_only=True)
class Decided(Spec):
    """Of the validation rows, one class against all others; 0/0 counts as 0."""

    accuracy: float = field(SHARE)
    balanced_accuracy: float = field(SHARE)
    f1: float = field(SHARE)
    precision: float = field(SHARE)
    recall: float = field(SHARE)


@dataclass(frozen=True, kw_only=True)
class Threshold(Spec):
    """What was chosen, and what it changes: `before` by the usual rule, `after` by the threshold. Without a `value` the
    usual rule holds, for the `reason`."""

    positive: str = field(Text(MAX_NAME))
    value: float | None = field(Number(minimum=0, below=1), default=None)
    metric: str | None = field(OneOf(tuple(FORMULAS)), default=None)
    reason: str | None = field(Text(MAX_REASON), default=None)
    rows: int | None = field(Integer(minimum=0), default=None)  #: validation rows
    positives: int | None = field(Integer(minimum=0), default=None)  #: of them, those of the class
    before: Decided | None = field(Nested(Decided), default=None)
    after: Decided | None = field(Nested(Decided), default=None)

    def applied(self, classifier: Classifier) -> ClassThreshold | None:
        """None without a value."""
        return None if self.value is None else ClassThreshold(classifier.form.names.index(self.positive), self.value)

    def issues(self, classifier: Classifier | None) -> Iterable[ValidationIssue]:
        """What keeps it from belonging to the weights of a network."""
        if classifier is None or classifier.multilabel or not classifier.gives_probabilities:
            yield ValidationIssue((), ONE_OF_PROBABILITIES)
        elif self.positive not in classifier.form.names:
            words = f"must be one of {', '.join(classifier.form.names)}; got {self.positive}"
            yield ValidationIssue(("positive",), words)


ONE_OF_PROBABILITIES = "needs a network whose outputs are the probabilities of classes, of which each row has one"
