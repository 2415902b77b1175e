"""Values for missing cells, as numbers in the user's units."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.data.preprocessing.entries import ColumnName
from service.schema.fields import Registry, Spec, field
from service.schema.rules import Flag, Number

Values = npt.NDArray[np.float64]


class Imputer(Spec):
    @abstractmethod
    def fit(self, present: Values) -> float:
        """From one or more numbers: those that are there."""


@dataclass(frozen=True, kw_only=True)
class Mean(Imputer):
    """The mean of the training rows."""

    name = "mean"

    def fit(self, present: Values) -> float:
        return float(present.mean())


@dataclass(frozen=True, kw_only=True)
class Median(Imputer):
    """The median of the training rows."""

    name = "median"

    def fit(self, present: Values) -> float:
        return float(np.median(present))


@dataclass(frozen=True, kw_only=True)
class MostFrequent(Imputer):
    """The most frequent value of the training rows; among equals, the smallest."""

    name = "most_frequent"

    def fit(self, present: Values) -> float:
        values, counts = np.unique(present, return_counts=True)
        return float(values[counts.argmax()])


@dataclass(frozen=True, kw_only=True)
class Constant(Imputer):
    """A given number."""

    name = "constant"

    value: float = field(Number(), help="value for missing cells")

    def fit(self, present: Values) -> float:
        return self.value


@dataclass(frozen=True, kw_only=True)
class NoImputation(Spec):
    """No imputation: every row needs a value in this column."""

    name = "none"


@dataclass(frozen=True, kw_only=True)
class ConstantFlag(Spec):
    """A given boolean."""

    name = "constant"

    value: bool = field(Flag(), help="value for missing cells")


@dataclass(frozen=True, kw_only=True)
class ConstantWord(Spec):
    """A given category."""

    name = "constant"

    value: str = field(ColumnName(1000), help="value for missing cells: one of the categories")


@dataclass(frozen=True, kw_only=True)
class Own(Spec):
    """A separate category, because a missing cell may itself be informative."""

    name = "own"


@dataclass(frozen=True, kw_only=True)
class MostFrequentWord(Spec):
    """The most frequent category of the training rows; among equals, the first in the list of categories."""

    name = "most_frequent"


NUMBER_IMPUTERS: Registry[Spec] = Registry("imputer", Mean, Median, MostFrequent, Constant, NoImputation)
BOOLEAN_IMPUTERS: Registry[Spec] = Registry("boolean imputer", MostFrequent, Mean, ConstantFlag, NoImputation)
CATEGORY_IMPUTERS: Registry[Spec] = Registry("category imputer", MostFrequentWord, Own, ConstantWord, NoImputation)
TIME_IMPUTERS: Registry[Spec] = Registry("time imputer", Median, Mean, MostFrequent, NoImputation)
