"""How the columns of a user's table become the inputs and targets of a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.data.frame import Kind
from service.data.preprocessing.boolean import BooleanColumn
from service.data.preprocessing.category import CategoryColumn
from service.data.preprocessing.column import InputColumn
from service.data.preprocessing.entries import Named, NamedChoice, OneOrMore
from service.data.preprocessing.number import NumberColumn
from service.data.preprocessing.targets import TARGETS, YES_NO, BooleanTarget, CategoryTarget, NumberTarget
from service.data.preprocessing.time import TimeColumn
from service.data.reading.read_as import ReadAs
from service.engine.layers.embedding import EmbeddedColumn, Embedding
from service.schema.fields import Registry, Spec, field
from service.schema.rules import Items
from service.schema.validation import ValidationIssue

MAX_COLUMNS = 10_000

INPUTS = Registry[InputColumn]("input column", NumberColumn, CategoryColumn, TimeColumn, BooleanColumn)


@dataclass(frozen=True, kw_only=True)
class TableSpec(Spec):
    """Everything that fixes the shape of the network's inputs and the meaning of its outputs; statistics come later."""

    inputs: tuple[Named[InputColumn], ...] = field(
        Items(NamedChoice(INPUTS), at_least=1, at_most=MAX_COLUMNS), help="the input columns"
    )
    target: tuple[Named[Any], ...] = field(OneOrMore(NamedChoice(TARGETS)), help="the column or columns to predict")

    def cross_check(self) -> Iterable[ValidationIssue]:
        seen: set[str] = set()
        for index, item in enumerate(self.inputs):
            if item.name in seen:
                yield ValidationIssue(("inputs", index, "name"), f'occurs twice: "{item.name}"')
            seen.add(item.name)
        targets: set[str] = set()
        for index, item in enumerate(self.target):
            place = ("target", "name") if len(self.target) == 1 else ("target", index, "name")
            if item.name in seen:
                yield ValidationIssue(place, f'must not be among the inputs: "{item.name}"')
            if item.name in targets:
                yield ValidationIssue(place, f'occurs twice: "{item.name}"')
            targets.add(item.name)
        yield from self._mixed_targets()

    def _mixed_targets(self) -> Iterable[ValidationIssue]:
        kinds = {type(item.column) for item in self.target}
        if len(self.target) > 1 and (len(kinds) > 1 or CategoryTarget in kinds):
            message = "must be one column, several number columns, or several boolean columns"
            yield ValidationIssue(("target",), f"{message}; got {', '.join(item.column.name for item in self.target)}")

    @cached_property
    def columns(self) -> Mapping[str, InputColumn]:
        return {item.name: item.column for item in self.inputs}

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The user's input columns, in order."""
        return tuple(self.columns)

    @cached_property
    def target_names(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.target)

    @cached_property
    def width(self) -> int:
        """Numbers in one encoded row."""
        return sum(column.width for column in self.columns.values())

    @cached_property
    def groups(self) -> Mapping[str, slice]:
        """Which encoded columns each user's column has become."""
        groups, start = {}, 0
        for name, column in self.columns.items():
            groups[name] = slice(start, start + column.width)
            start += column.width
        return groups

    @cached_property
    def encoded_names(self) -> tuple[str, ...]:
        """A name for each encoded column: `bill_length_mm`, `island: Biscoe`, `when: month (sine)`."""
        return tuple(
            f"{name}: {part}" if part else name for name, column in self.columns.items() for part in column.encoded
        )

    @cached_property
    def embedding(self) -> Embedding | None:
        """The engine's first layer for those columns that are category codes."""
        coded = [(self.groups[name].start, column.codes) for name, column in self.columns.items() if column.codes]
        if not coded:
            return None
        return Embedding(
            columns=tuple(EmbeddedColumn(index=index, categories=codes[0], size=codes[1]) for index, codes in coded)
        )

    @cached_property
    def labels(self) -> tuple[str, ...] | None:
        """What the classes are called; None for numbers."""
        first = self.target[0].column
        if isinstance(first, CategoryTarget):
            return first.categories
        if isinstance(first, BooleanTarget):
            return YES_NO if len(self.target) == 1 else self.target_names
        return None

    @property
    def is_regression(self) -> bool:
        return isinstance(self.target[0].column, NumberTarget)

    @property
    def is_multilabel(self) -> bool:
        """Whether each of several targets is a yes or no of its own."""
        return isinstance(self.target[0].column, BooleanTarget) and len(self.target) > 1

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kind of each input column."""
        return {name: column.kind for name, column in self.columns.items()}

    @cached_property
    def all_kinds(self) -> Mapping[str, Kind]:
        """That of each target too."""
        return {**self.kinds, **{item.name: item.column.kind for item in self.target}}

    @cached_property
    def read_as(self) -> Mapping[str, ReadAs]:
        """How the cells of inputs and targets are written, where that is not the plain way."""
        return {
            item.name: item.column.read_as for item in (*self.inputs, *self.target) if item.column.read_as is not None
        }

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns whose cell no row may miss."""
        return tuple(name for name, column in self.columns.items() if column.is_required)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The columns that every row must name, if only with a missing cell."""
        return tuple(name for name, column in self.columns.items() if column.is_named)

    def outputs_issue(self, outputs: int) -> str | None:
        """Why a network with this number of outputs cannot predict these targets; None if it can."""
        if self.is_regression or self.is_multilabel:
            wanted = [len(self.target)]
        else:
            count = len(self.labels or ())
            wanted = [1, 2] if count == 2 else [count]
        if outputs in wanted:
            return None
        words = " or ".join(map(str, wanted))
        return (
            f"must end in {words} unit{'s' * (wanted != [1])} to predict {', '.join(self.target_names)}, got {outputs}"
        )
