"""What the outputs of a network say about classes, for networks that predict classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from service.data.targets import TargetForm
from service.engine.evaluation import is_multilabel
from service.engine.network import Network

#: Activations whose outputs are probabilities.
PROBABLE = ("sigmoid", "softmax", "hard_sigmoid")

Array = npt.NDArray[Any]
#: Whether all outputs of each row are finite: a row of others has no class.
Mask = npt.NDArray[np.bool_]


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

    def classes(self, rows: Array, finite: Mask) -> list[Any]:
        """The index of each row's class; None for a row that is not finite."""
        if self.multilabel:
            found: list[Any] = [np.flatnonzero(row).tolist() for row in rows > self.middle]
        elif rows.shape[1] > 1:
            found = rows.argmax(axis=1).tolist()
        else:
            found = (rows[:, 0] > self.middle).astype(int).tolist()
        return _known(found, finite)

    def labels(self, classes: Sequence[Any]) -> list[Any]:
        """The labels of what `classes` returned."""
        names = self.form.names
        return [
            [names[index] for index in one] if isinstance(one, list) else None if one is None else names[one]
            for one in classes
        ]

    def probabilities(self, rows: Array, finite: Mask) -> list[dict[str, Any] | None]:
        """The probability of each class for each row, by label, or by index where there are no labels."""
        names = self.form.names
        return _known([dict(zip(names, row, strict=True)) for row in shortest(of_classes(rows))], finite)

    def top(self, rows: Array, finite: Mask, count: int) -> list[list[dict[str, Any]] | None]:
        """The most probable classes of each row; the first of equals comes first."""
        chances = of_classes(rows)
        order = np.argsort(-chances, axis=1, kind="stable")[:, :count].tolist()
        pairs = zip(order, shortest(chances), strict=True)
        found = [[self._named(index, row[index]) for index in best] for best, row in pairs]
        return _known(found, finite)

    def _named(self, index: int, probability: Any) -> dict[str, Any]:
        label = {"label": self.form.labels[index]} if self.form.labels else {}
        return {"class": index, **label, "probability": probability}


def of_classes(rows: Array) -> Array:
    """A probability for each class: a single output is that of the second of two."""
    return rows if rows.shape[1] > 1 else np.concatenate((1 - rows, rows), axis=1)


def shortest(numbers: Array) -> list[list[float | None]]:
    """Numbers as Python's, with the shortest digits of their own dtype; None for those that are not finite.

    By way of JSON, which is faster than one by one.
    """
    if numbers.dtype == np.float64:
        return numbers.tolist()  # type: ignore[no-any-return]  # a list for each row
    text = orjson.dumps(np.ascontiguousarray(numbers), option=orjson.OPT_SERIALIZE_NUMPY)
    return orjson.loads(text)  # type: ignore[no-any-return]


def _known(found: list[Any], finite: Mask) -> list[Any]:
    """None in place of each row that is not finite."""
    return found if finite.all() else [one if is_finite else None for one, is_finite in zip(found, finite, strict=True)]
