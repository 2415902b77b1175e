"""What the outputs of a network say about classes, for networks that predict classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from service.data.signatures.output_rows import OutputRows, output_rows
from service.data.targets import TargetForm
from service.engine.arrays import Array
from service.engine.evaluation import is_multilabel
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network

#: Activations whose outputs are probabilities.
PROBABLE = ("sigmoid", "softmax", "hard_sigmoid")


@dataclass(frozen=True)
class Classifier:
    """Reads rows of outputs. With `multilabel`, each output is a yes or no of its own; a row has a list of classes. A
    threshold decides in place of the largest output, or of one half."""

    form: TargetForm
    multilabel: bool
    gives_probabilities: bool
    threshold: ClassThreshold | None = None

    @classmethod
    def of(cls, form: TargetForm, network: Network, threshold: ClassThreshold | None = None) -> Classifier | None:
        """None for a network whose outputs are numbers and nothing else."""
        spec = network.spec
        if not (form.labels or form.indexes or spec.loss.kind == "classification"):
            return None
        probable = spec.output_activation.name in PROBABLE and form.negative == 0
        return cls(form, is_multilabel(network), probable, threshold)

    @cached_property
    def middle(self) -> float:
        """A single output, or a yes or no, above this means yes."""
        if self.threshold is not None and self.form.outputs == 1:
            return self.threshold.cut
        return self.halfway

    @property
    def halfway(self) -> float:
        return (self.form.negative + 1) / 2

    def decided(self, outputs: Array) -> Array:
        """Outputs (rows, outputs) of which the usual rule decides as the threshold does."""
        return outputs if self.threshold is None else self.threshold.decided(outputs)

    def classes(self, rows: OutputRows) -> list[Any]:
        """The index of each row's class; None for a row that is not finite."""
        if self.multilabel:
            return rows.all_above(self.middle)
        if self.form.outputs == 1:
            return rows.is_above(self.middle)
        if self.threshold is not None:
            return output_rows(self.threshold.decided(np.asarray(rows.numbers))).highest()
        return rows.highest()

    def labels(self, classes: Sequence[Any]) -> list[Any]:
        """The labels of what `classes` returned."""
        names = self.form.names
        return [
            [names[index] for index in one] if isinstance(one, list) else None if one is None else names[one]
            for one in classes
        ]

    def probabilities(self, rows: OutputRows) -> list[dict[str, float] | None]:
        """The probability of each class for each row, by label, or by index where there are no labels."""
        names = self.form.names
        return [None if row is None else dict(zip(names, row, strict=True)) for row in rows.probabilities()]

    def top(self, rows: OutputRows, count: int) -> list[list[dict[str, Any]] | None]:
        """The most probable classes of each row; the first of equals comes first."""
        pairs = zip(rows.most_probable(count), rows.probabilities(), strict=True)
        return [
            None if best is None or row is None else [self._named(index, row[index]) for index in best]
            for best, row in pairs
        ]

    def _named(self, index: int, probability: float) -> dict[str, Any]:
        label = {"label": self.form.labels[index]} if self.form.labels else {}
        return {"class": index, **label, "probability": probability}
