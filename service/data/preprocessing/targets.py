"""Target columns, which a network learns to predict."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.data.frame import Column
from service.data.preprocessing.category import MAX_CATEGORIES, MAX_WORD, codes_of, repeated
from service.data.preprocessing.column import WrittenColumn, written_as
from service.data.preprocessing.entries import ColumnName
from service.data.preprocessing.scalers import LINEAR_SCALERS, Scaler, Scaling, Standard, scaling_issues
from service.data.reading.read_as import ReadAs
from service.schema.fields import Choice, Registry, field
from service.schema.rules import Flag, Items, Number
from service.schema.validation import ValidationIssue

#: What a target of yes and no is labelled.
YES_NO = ("false", "true")


class TargetColumn(WrittenColumn):
    @abstractmethod
    def present(self, column: Column) -> Any:
        """Which rows can be learnt from, (rows,)."""


@dataclass(frozen=True, kw_only=True)
class CategoryTarget(TargetColumn):
    """One of several classes, predicted as these labels."""

    name = "category"
    kind = "category"

    categories: tuple[str, ...] = field(
        Items(ColumnName(MAX_WORD), at_least=2, at_most=MAX_CATEGORIES),
        help="the classes; of two, the second is the positive one",
    )
    read_as: ReadAs | None = written_as()

    def cross_check(self) -> Iterable[ValidationIssue]:
        return (issue.under("categories") for issue in repeated(self.categories))

    def codes(self, column: Column) -> Any:
        return codes_of(column, self.categories)

    def present(self, column: Column) -> Any:
        return self.codes(column) >= 0


@dataclass(frozen=True, kw_only=True)
class BooleanTarget(TargetColumn):
    """A boolean; several of them are each a separate yes or no."""

    name = "boolean"
    kind = "boolean"

    read_as: ReadAs | None = written_as()

    def present(self, column: Column) -> Any:
        return ~column.missing


@dataclass(frozen=True, kw_only=True)
class TargetScaling(Scaling):
    """With the range of the training rows, in the user's units, where predictions are held to it."""

    low: float | None = field(Number(), default=None, exclude_default=True)
    high: float | None = field(Number(), default=None, exclude_default=True)


@dataclass(frozen=True, kw_only=True)
class NumberTarget(TargetColumn):
    """A number: learnt on a suitable scale, predicted in the user's units."""

    name = "number"
    kind = "number"

    scale: Scaler = field(
        Choice(LINEAR_SCALERS), default=Standard(), help="scale of the targets, undone in every prediction"
    )
    bounded: bool = field(
        Flag(),
        default=False,
        help="whether predictions are held to the range of the training rows",
        exclude_default=True,
    )
    read_as: ReadAs | None = written_as()

    def present(self, column: Column) -> Any:
        return ~column.missing

    def fit(self, column: Column) -> TargetScaling:
        present = column.values[~column.missing]
        if not present.size:
            return TargetScaling()
        low, high = (float(present.min()), float(present.max())) if self.bounded else (None, None)
        scaling = self.scale.fit(present)
        return TargetScaling(shift=scaling.shift, scale=scaling.scale, low=low, high=high)

    def scaling_issues(self, scaling: TargetScaling) -> Iterable[ValidationIssue]:
        """What is wrong with a given scaling for this target."""
        yield from scaling_issues(scaling, linear=True)
        for end in ("low", "high"):
            if self.bounded and getattr(scaling, end) is None:
                yield ValidationIssue((end,), "is required: predictions are held to a range")
            if not self.bounded and getattr(scaling, end) is not None:
                yield ValidationIssue((end,), "must not be given: this target is not bounded")
        if scaling.low is not None and scaling.high is not None and scaling.low > scaling.high:
            yield ValidationIssue(("high",), f"must be at least low, {scaling.low:g}, got {scaling.high:g}")


TARGETS = Registry[TargetColumn]("target column", CategoryTarget, BooleanTarget, NumberTarget)
