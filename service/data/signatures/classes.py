"""What the outputs of a network say about classes, for networks that predict classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.data.targets import TargetForm
from service.engine.evaluation import is_multilabel
from service.engine.network import Network

#: Activations whose outputs are probabilities.
PROBABLE = ("sigmoid", "softmax", "hard_sigmoid")

Row = Sequence[float]
#: None stands for a row with an output that is not finite: it has no class.
Rows = Sequence[Row | None]


@dataclass(frozen=True)
class Classifier:
    """Reads rows of outputs. With `multilabel`, each output is a yes or no of its own; a row has a list of classes."""

    form: TargetForm
    multilabel: bool
    gives_probabilities: bool

    @classmethod
    def of(cls, form: TargetForm, network: Network) -> Classifier | None:
        """None for a network whose outputs are numbers and nothing else."""
        spec = network.spec
        if not (form.labels or form.indexes or spec.loss.kind == "classification"):
            return None
        probable = spec.output_activation.name in PROBABLE and form.negative == 0
        return cls(form, is_multilabel(network), probable)

    @cached_property
    def middle(self) -> float:
        """A single output, or a yes or no, above this means yes."""
        return (self.form.negative + 1) / 2

    def classes(self, rows: Rows) -> list[Any]:
        """The index of each row's class."""
        return [None if row is None else self._class_of(row) for row in rows]

    def labels(self, classes: Sequence[Any]) -> list[Any]:
        """The labels of what `classes` returned."""
        names = self.form.names
        return [
            [names[index] for index in one] if isinstance(one, list) else None if one is None else names[one]
            for one in classes
        ]

    def probabilities(self, rows: Rows) -> list[dict[str, float] | None]:
        """The probability of each class for each row, by label, or by index where there are no labels."""
        names = self.form.names
        return [None if row is None else dict(zip(names, of_classes(row), strict=True)) for row in rows]

    def top(self, rows: Rows, count: int) -> list[list[dict[str, Any]] | None]:
        """The most probable classes of each row; the first of equals comes first."""
        return [None if row is None else self._top_of(of_classes(row), count) for row in rows]

    def _class_of(self, row: Row) -> int | list[int]:
        if self.multilabel:
            return [index for index, output in enumerate(row) if output > self.middle]
        return row.index(max(row)) if len(row) > 1 else int(row[0] > self.middle)

    def _top_of(self, probabilities: Row, count: int) -> list[dict[str, Any]]:
        order = sorted(range(len(probabilities)), key=lambda index: -probabilities[index])[:count]
        return [self._named(index) | {"probability": probabilities[index]} for index in order]

    def _named(self, index: int) -> dict[str, Any]:
        return {"class": index, **({"label": self.form.labels[index]} if self.form.labels else {})}


def of_classes(row: Row) -> Row:
    """A probability for each class: a single output is that of the second of two."""
    return row if len(row) > 1 else (1 - row[0], row[0])
