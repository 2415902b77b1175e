"""The predicted class, or classes, of each row of outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from service.engine.arrays import Array

Cells: TypeAlias = npt.NDArray[np.bool_]

#: A single output above this means class 1, as in scikit-learn and Keras.
THRESHOLD = 0.5


def decisions(values: Array, multilabel: bool) -> Cells:
    """(outputs, rows) from (rows, outputs): the predicted classes of each row.

    One output, or `multilabel`: every output above the threshold. Several outputs: the largest of each row.
    """
    return values.T > THRESHOLD if multilabel or values.shape[1] == 1 else chosen(values)


def feature_major(values: Array) -> Array:
    """(outputs, rows) in memory order: the reductions over a few outputs are several times faster that way."""
    return np.ascontiguousarray(values.T)


def chosen(values: Array) -> Cells:
    """(outputs, rows): true only at the largest output of each row, the first one if several are equal."""
    columns = feature_major(values)
    top: Cells = columns == np.maximum.reduce(columns, axis=0)
    if np.count_nonzero(top) != len(values):
        top = columns.argmax(axis=0) == np.arange(len(columns))[:, None]
    return top


@dataclass(frozen=True)
class ClassThreshold:
    """A rule in place of `decisions`: the class `index` where its probability is above `value`, otherwise the most
    probable of the others."""

    index: int
    value: float

    @property
    def cut(self) -> float:
        """A single output, the probability of class 1, above this means class 1."""
        return self.value if self.index == 1 else 1 - self.value

    def decided(self, probabilities: Array) -> Array:
        """In place of probabilities (rows, outputs): what `decisions` decides as this rule does; NaN stays."""
        if probabilities.shape[1] == 1:
            is_one = (probabilities > self.cut).astype(probabilities.dtype)
            return np.where(np.isnan(probabilities), probabilities, is_one)
        shown, own = probabilities.copy(), probabilities[:, self.index]
        # Above and below every probability.
        shown[:, self.index] = np.where(np.isnan(own), own, np.where(own > self.value, 2, -1))
        return shown
