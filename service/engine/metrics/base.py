"""Base of all metrics: outputs and targets of shape (rows, outputs) in, one number out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from service.engine.arrays import Array, Floats
from service.engine.losses.base import Kind
from service.schema.fields import Spec
from service.schema.validation import ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Metric(Spec):
    """Base of all metrics.

    One output means two classes; several mean one class per row, unless with `multilabel` every output is a separate
    yes or no (see `decisions`). A metric that is undefined for the rows is NaN, never an exception; each docstring
    says when.
    """

    higher_is_better: ClassVar[bool] = True
    kind: ClassVar[Kind] = "classification"
    #: Whether only the order of a row's outputs matters, which a softmax keeps.
    by_order: ClassVar[bool] = False
    #: Whether only the predicted classes matter, and with them a threshold.
    by_decision: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The name of this metric in a report."""
        return self.name

    def misfits(self, kind: Kind, outputs: int) -> Iterable[ValidationIssue]:
        """Why this metric does not apply to a network of that kind and number of outputs."""
        if "any" not in (kind, self.kind) and kind != self.kind:
            yield ValidationIssue((), f"{self.name} is a metric of {self.kind}; this network does {kind}")

    def of(self, outputs: Array, targets: Array, *, multilabel: bool = False) -> float:
        """Compares probabilities or values `outputs` with `targets`, both (rows, outputs); NaN without rows."""
        if outputs.shape != targets.shape:
            raise ValueError(f"outputs and targets must have the same shape, got {outputs.shape} and {targets.shape}")
        if not len(outputs):
            return float("nan")
        with np.errstate(all="ignore"):
            return float(self._of(outputs, targets, multilabel))

    @abstractmethod
    def _of(self, outputs: Array, targets: Array, multilabel: bool) -> float:
        """The metric of at least one row; sums are taken in float64."""


def mean(values: Floats) -> float:
    """The mean of the defined values, NaN if there is none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")


def divided(numerator: Array, denominator: Array) -> Floats:
    """The quotient, NaN for 0/0."""
    undefined = np.full(np.shape(numerator), np.nan)
    ratio: Floats = np.divide(numerator, denominator, out=undefined, where=np.not_equal(denominator, 0))
    return ratio
