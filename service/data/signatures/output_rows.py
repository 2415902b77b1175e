"""Rows of outputs as numbers to show and as classes: many rows at once by NumPy, a single one without its overhead."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import orjson

from service.engine.arrays import Array

T = TypeVar("T")


class OutputRows(ABC):
    """What is found for each row is a list with one item per row; a row that is not finite has None there."""

    numbers: Any  #: (rows, outputs), which JSON shows in the shortest digits of the network's dtype
    all_finite: bool

    @abstractmethod
    def highest(self) -> list[int | None]:
        """The index of the largest output; the first of equals."""

    @abstractmethod
    def is_above(self, middle: float) -> list[int | None]:
        """Whether the only output is above `middle`, as 0 or 1."""

    @abstractmethod
    def all_above(self, middle: float) -> list[list[int] | None]:
        """The indexes of all outputs above `middle`."""

    @abstractmethod
    def probabilities(self) -> list[list[float] | None]:
        """A probability for each class: a single output is that of the second of two."""

    @abstractmethod
    def most_probable(self, count: int) -> list[list[int] | None]:
        """The indexes of the most probable classes; the first of equals comes first."""


def output_rows(outputs: Array) -> OutputRows:
    """For outputs (rows, outputs)."""
    if len(outputs) == 1 and None not in (row := shortest(np.ascontiguousarray(outputs))[0]):
        return FiniteRow(outputs, row)
    return ManyRows(outputs)


class FiniteRow(OutputRows):
    """One row, all of whose outputs are finite: for so few numbers Python's own functions are the fastest."""

    all_finite = True

    def __init__(self, outputs: Array, row: list[Any]) -> None:
        self.numbers = [row]
        self._outputs, self._row = outputs, row

    def highest(self) -> list[int | None]:
        return [self._row.index(max(self._row))]

    def is_above(self, middle: float) -> list[int | None]:
        return [int(self._row[0] > middle)]

    def all_above(self, middle: float) -> list[list[int] | None]:
        return [[index for index, number in enumerate(self._row) if number > middle]]

    def probabilities(self) -> list[list[float] | None]:
        return [self._row] if len(self._row) > 1 else [[shortest(1 - self._outputs[0, 0]), *self._row]]

    def most_probable(self, count: int) -> list[list[int] | None]:
        [chances] = self.probabilities()
        return [sorted(range(len(chances)), key=chances.__getitem__, reverse=True)[:count]] if chances else [None]


class ManyRows(OutputRows):
    def __init__(self, outputs: Array) -> None:
        self.numbers = outputs
        self._finite = np.asarray(np.isfinite(outputs).all(axis=1))
        self.all_finite = bool(self._finite.all())

    def highest(self) -> list[int | None]:
        return self._known(self.numbers.argmax(axis=1).tolist())

    def is_above(self, middle: float) -> list[int | None]:
        return self._known((self.numbers[:, 0] > middle).astype(int).tolist())

    def all_above(self, middle: float) -> list[list[int] | None]:
        return self._known([np.flatnonzero(row).tolist() for row in self.numbers > middle])

    def probabilities(self) -> list[list[float] | None]:
        chances = self._chances()
        return self._known(chances.tolist() if chances.dtype == np.float64 else shortest(np.ascontiguousarray(chances)))

    def most_probable(self, count: int) -> list[list[int] | None]:
        return self._known(np.argsort(-self._chances(), axis=1, kind="stable")[:, :count].tolist())

    def _chances(self) -> Array:
        return class_probabilities(self.numbers)

    def _known(self, found: Sequence[T]) -> list[T | None]:
        if self.all_finite:
            return list(found)
        return [one if is_finite else None for one, is_finite in zip(found, self._finite, strict=True)]


def class_probabilities(outputs: Array) -> Array:
    """(rows, classes) from outputs (rows, outputs) that are probabilities; a single one is of the second of two."""
    return outputs if outputs.shape[1] > 1 else np.concatenate((1 - outputs, outputs), axis=1)


def shortest(numbers: Any) -> Any:
    """A NumPy number or array as Python's, with the shortest digits of its own dtype; None for what is not finite.

    By way of JSON, which is faster than one by one.
    """
    return orjson.loads(orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY))
