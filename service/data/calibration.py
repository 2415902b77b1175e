"""What held-out rows say of some weights: how sure their probabilities should be, and how far their numbers are off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from service.data.signatures.classes import Classifier
from service.data.thresholds import Threshold
from service.engine.calibration import KEPT, conformal_quantile
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network
from service.schema.fields import Nested, Spec, field
from service.schema.rules import Integer, Items, Number
from service.schema.validation import ValidationIssue

#: Activations whose scores a temperature can divide.
TEMPERED = ("sigmoid", "softmax")
#: More than anybody has, of what comes with imported weights.
MAX_ROWS, MAX_BINS = 2**31 - 1, 1000


@dataclass(frozen=True, kw_only=True)
class ReliabilityBin(Spec):
    """Of rows whose chosen class has a probability above `low` and at most `high`."""

    low: float = field(Number(minimum=0, maximum=1))
    high: float = field(Number(minimum=0, maximum=1))
    rows: int = field(Integer(minimum=1))
    confidence: float = field(Number(minimum=0, maximum=1))
    accuracy: float = field(Number(minimum=0, maximum=1))


@dataclass(frozen=True, kw_only=True)
class Reliability(Spec):
    log_loss: float = field(Number(minimum=0))
    ece: float = field(Number(minimum=0, maximum=1))
    bins: tuple[ReliabilityBin, ...] = field(Items(Nested(ReliabilityBin), at_most=MAX_BINS))


@dataclass(frozen=True, kw_only=True)
class Calibration(Spec):
    """`scores` are those of split conformal prediction, ascending: of numbers |error| in the user's units, a list for
    each output; of one of several classes 1 - its probability, one list; none for several yes or no."""

    rows: int = field(Integer(minimum=1, maximum=MAX_ROWS))
    temperature: float = field(Number(above=0), default=1.0)  #: that predictions are made with
    fitted_temperature: float | None = field(Number(above=0), default=None)
    before: Reliability | None = field(Nested(Reliability), default=None)  #: with temperature 1
    after: Reliability | None = field(Nested(Reliability), default=None)  #: with the fitted one
    scores: tuple[tuple[float, ...], ...] = field(Items(Items(Number(), at_most=KEPT)), default=())
    threshold: Threshold | None = field(Nested(Threshold), default=None, exclude_default=True)

    def cross_check(self) -> Iterable[ValidationIssue]:
        wanted = min(self.rows, KEPT)
        for place, scores in enumerate(self.scores):
            if len(scores) != wanted:
                yield ValidationIssue(
                    ("scores", place), f"must be {wanted} numbers for {self.rows} rows, got {len(scores)}"
                )
            elif list(scores) != sorted(scores):
                yield ValidationIssue(("scores", place), "must be in ascending order")

    def issues(self, network: Network, classifier: Classifier | None) -> Iterable[ValidationIssue]:
        """What keeps it from belonging to the weights of a network."""
        if self.temperature != 1 and not has_temperature(network, classifier):
            message = "must be 1: only probabilities of a sigmoid or a softmax have scores that it divides"
            yield ValidationIssue(("temperature",), message)
        if self.threshold is not None:
            yield from (issue.under("threshold") for issue in self.threshold.issues(classifier))
        if classifier is None:
            if len(self.scores) != network.outputs:
                message = f"must be {network.outputs} lists, one for each output, got {len(self.scores)}"
                yield ValidationIssue(("scores",), message)
        elif len(self.scores) > 1:
            yield ValidationIssue(("scores",), f"must be at most one list, got {len(self.scores)}")
        elif self.scores and (classifier.multilabel or not classifier.gives_probabilities):
            yield ValidationIssue(("scores",), "must be empty: only probabilities of one of several classes have them")

    def threshold_of(self, classifier: Classifier | None) -> ClassThreshold | None:
        return None if self.threshold is None or classifier is None else self.threshold.applied(classifier)

    def quantiles(self, level: float) -> Sequence[float | None]:
        """Of each list of scores; None where there are too few rows for the level."""
        return [conformal_quantile(scores, self.rows, level) for scores in self.scores]


def has_temperature(network: Network, classifier: Classifier | None) -> bool:
    """Whether its outputs are probabilities of classes that scores stand behind."""
    activation = network.head.activation.name
    return classifier is not None and classifier.gives_probabilities and activation in TEMPERED


def read_calibration(value: Any) -> Calibration | None:
    return None if value is None else Calibration.from_json(value)
