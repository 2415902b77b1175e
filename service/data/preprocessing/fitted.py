"""A table's preprocessing with its statistics: what a network's weights cannot be used without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from service.data.frame import Column, Frame
from service.data.kinds.registry import KINDS
from service.data.preprocessing.category import UNSEEN, CategoryColumn
from service.data.preprocessing.checks import column_issues, raise_issues, target_issues
from service.data.preprocessing.report import SHOWN_WORDS, Cells, Imputed, Unseen
from service.data.preprocessing.row import RowEncoder
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import BooleanTarget, CategoryTarget, NumberTarget, TargetScaling
from service.data.row_keys import Bits
from service.data.targets import class_matrix
from service.engine.arrays import Array
from service.engine.units import Units
from service.schema.fields import Nested, Spec, field
from service.schema.rules import Integer, Items, Rule, Text, reject, shown
from service.schema.validation import DataError, ValidationError, ValidationIssue

#: Numbers in the block that is encoded at a time: it stays in the processor's cache until it is written out.
BLOCK = 1 << 16
MAX_WARNING = 10_000


class Encoded(NamedTuple):
    values: Array  #: (rows, width)
    cells: Cells

    def without(self, ignored: Mapping[str, str]) -> Encoded:
        """The same rows, with the columns that were ignored."""
        return self._replace(cells=replace(self.cells, ignored=ignored)) if ignored else self


@dataclass(frozen=True)
class Fitted:
    """`states` by input column, `scalings` of targets that are numbers; `warnings` say what looks doubtful."""

    spec: TableSpec
    states: Mapping[str, Spec]
    scalings: tuple[TargetScaling, ...] = ()
    rows: int = 0  #: that the statistics are of; 0: none have been seen
    warnings: tuple[str, ...] = ()

    @classmethod
    def neutral(cls, spec: TableSpec) -> Fitted:
        """For weights that no rows have trained yet: numbers pass as they are."""
        scalings = (TargetScaling(),) * len(spec.target) if spec.is_regression else ()
        return cls(spec, {name: column.neutral() for name, column in spec.columns.items()}, scalings)

    def inputs(self, frame: Frame, dtype: Any, out: Array | None = None) -> Array:
        """The encoded rows (rows, width), into `out` where there is one. Raises DataError by column."""
        return self.encode(frame, dtype, out).values

    def encode(self, frame: Frame, dtype: Any, out: Array | None = None) -> Encoded:
        """`inputs`, with what became of missing cells and of unknown categories."""
        frame = _with_missing(self.spec, frame)
        raise_issues(column_issues(self.spec, frame))
        cells = {name: column.cells(frame[name]) for name, column in self.spec.columns.items()}
        values = np.empty((len(frame), self.spec.width), dtype) if out is None else out
        size = max(64, BLOCK // self.spec.width)
        with np.errstate(all="ignore"):
            buffer = np.empty((self.spec.width, min(size, max(len(frame), 1))))
            for first in range(0, len(frame), size):
                block = buffer[:, : min(size, len(frame) - first)]
                for name, column in self.spec.columns.items():
                    column.write(self.states[name], cells[name][first : first + size], block[self.spec.groups[name]])
                written = values[first : first + size]
                np.copyto(written, block.T, casting="same_kind")
                if not np.isfinite(written.sum()):
                    raise_issues(self._infinite(written.T, first))
        return Encoded(values, self._report(frame, cells))

    def bits(self, frame: Frame) -> Iterator[Bits]:
        """Each input column for `row_keys`; the statistics make no difference."""
        frame = _with_missing(self.spec, frame)
        return (column.bits(frame[name]) for name, column in self.spec.columns.items())

    def targets(self, frame: Frame, dtype: Any, *, outputs: int, negative: float = 0.0) -> Array:
        """What the network is to put out, (rows, outputs); `negative` is that for a class which a row is not of.

        Every row must have its target, see `has_target`. Raises DataError by column.
        """
        raise_issues(target_issues(self.spec, frame))
        first, columns = self.spec.target[0], [frame[item.name] for item in self.spec.target]
        if isinstance(first.column, CategoryTarget):
            of_class: Array = class_matrix(first.column.codes(columns[0]), outputs, negative).astype(dtype)
            return of_class
        table = np.stack([column.values for column in columns], axis=1)
        if isinstance(first.column, BooleanTarget):
            if len(columns) == 1:
                table = class_matrix(table.reshape(-1).astype(np.intp), outputs, negative)
            flags: Array = np.where(table == 1, 1.0, negative).astype(dtype)
            return flags
        with np.errstate(over="ignore"):
            scaled: Array = ((table - self.units_of.shift) / self.units_of.scale).astype(dtype)
        return scaled

    @cached_property
    def units_of(self) -> Units:
        scale, shift = ([getattr(scaling, part) for scaling in self.scalings] for part in ("scale", "shift"))
        low, high = ([getattr(scaling, end) for scaling in self.scalings] for end in ("low", "high"))
        return Units(np.array(scale), np.array(shift), *ends(low, high))

    @property
    def units(self) -> Units | None:
        """How learnt numbers become the user's; None for classes."""
        return self.units_of if self.spec.is_regression else None

    def outputs_in_units(self, outputs: Array) -> Array:
        """A network's outputs (rows, outputs) as the user has them."""
        return self.units_of.restore(outputs) if self.spec.is_regression else outputs

    def row(self, given: Mapping[str, Any]) -> Array:
        """One encoded row (1, width) in float64: numbers, words, 0 or 1, or moments by column; what is not there, is
        missing."""
        return self._row_encoder.encode(given)

    def row_cells(self, given: Mapping[str, Any]) -> Cells:
        """What became of the cells of that row."""
        return self._row_encoder.cells(given)

    @cached_property
    def _row_encoder(self) -> RowEncoder:
        return RowEncoder(self.spec, self.states)

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "inputs": [{"name": name, **state.to_json()} for name, state in self.states.items()],
            "target": [scaling.to_json() for scaling in self.scalings],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_json(cls, spec: TableSpec, value: Any) -> Fitted:
        """Raises DataError for what `to_json` does not write, and for the statistics of another table."""
        known = _Written.from_json(value)
        if [name for name, _ in known.inputs] != list(spec.columns):
            raise DataError(
                [ValidationIssue(("inputs",), f"must be of the columns {', '.join(spec.columns)}, in this order")]
            )
        if len(known.target) != (len(spec.target) if spec.is_regression else 0):
            raise DataError(
                [ValidationIssue(("target",), "must have a scaling for each target that is a number, and no other")]
            )
        states: dict[str, Spec] = {}
        issues: list[ValidationIssue] = []
        for place, (name, given) in enumerate(known.inputs):
            column = spec.columns[name]
            try:
                states[name] = state = column.state.from_json(given)
            except ValidationError as error:
                issues += [issue.under("inputs", place) for issue in error.issues]
                continue
            left_out = [ValidationIssue((key,), "is required") for key in state.to_json() if key not in given]
            issues += [issue.under("inputs", place) for issue in (*left_out, *column.state_issues(state))]
        for place, (item, scaling) in enumerate(zip(spec.target, known.target, strict=False)):
            issues += [issue.under("target", place) for issue in item.column.scaling_issues(scaling)]
        raise_issues(issues)
        return cls(spec, states, known.target, known.rows, known.warnings)

    def _infinite(self, block: Array, first: int) -> Iterator[ValidationIssue]:
        for name, group in self.spec.groups.items():
            wrong = np.flatnonzero(~np.isfinite(block[group]).all(axis=0))
            if wrong.size:
                yield ValidationIssue((first + int(wrong[0]), name), "must be a finite number that is not too large")

    def _report(self, frame: Frame, cells: Mapping[str, Array]) -> Cells:
        imputed, unseen = {}, {}
        for name, column in self.spec.columns.items():
            if (at := np.flatnonzero(frame[name].missing)).size:
                imputed[name] = Imputed(at.size, column.shown_fill(self.states[name]), at)
            if isinstance(column, CategoryColumn) and (at := np.flatnonzero(cells[name] == UNSEEN)).size:
                unseen[name] = Unseen(at.size, _most_frequent(frame[name].take(at)), at)
        return Cells(imputed, unseen)


class _StateOfColumn(Rule):
    """An object with a name, as the name and the rest."""

    def read(self, value: Any) -> tuple[str, dict[str, Any]]:
        if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
            raise reject(f"must be an object with the name of a column, got {shown(value)}")
        return value["name"], {key: part for key, part in value.items() if key != "name"}


@dataclass(frozen=True, kw_only=True)
class _Written(Spec):
    """What `Fitted.to_json` writes."""

    rows: int = field(Integer(minimum=0))
    inputs: tuple[tuple[str, dict[str, Any]], ...] = field(Items(_StateOfColumn()))
    target: tuple[TargetScaling, ...] = field(Items(Nested(TargetScaling)))
    warnings: tuple[str, ...] = field(Items(Text(MAX_WARNING)))


def ends(low: Sequence[float | None], high: Sequence[float | None]) -> tuple[Array, Array] | tuple[None, None]:
    """The ranges that targets are held to; None where none is."""
    if set(low) == set(high) == {None}:
        return None, None
    none = ((low, -np.inf), (high, np.inf))
    lows, highs = (np.array([end if given is None else given for given in side]) for side, end in none)
    return lows, highs


def fit(spec: TableSpec, frame: Frame) -> Fitted:
    """Learn the statistics of training rows. Raises DataError by column."""
    frame = _with_missing(spec, frame)
    raise_issues([*column_issues(spec, frame), *target_issues(spec, frame)])
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            learnt = {name: column.fit(frame[name]) for name, column in spec.columns.items()}
            numbers = [(item.name, item.column) for item in spec.target if isinstance(item.column, NumberTarget)]
            scalings = tuple(column.fit(frame[name]) for name, column in numbers)
        except (
            ValueError,
            ArithmeticError,
        ) as error:  # a statistic that is no finite number: the mean of 1e308 and 1e308, say
            raise DataError(
                [ValidationIssue((), f"holds numbers too large to take statistics of ({error})")]
            ) from error
    warnings = [f"{name} {warning}" for name, one in learnt.items() for warning in one.warnings]
    return Fitted(
        spec,
        {name: one.state for name, one in learnt.items()},
        scalings,
        len(frame),
        (*warnings, *_target_warnings(spec, frame)),
    )


def _with_missing(spec: TableSpec, frame: Frame) -> Frame:
    """The frame with its missing cells as those of its columns: one without any value may be of any kind."""
    columns = dict(frame.columns)
    for name, column in spec.columns.items():
        if name not in frame:
            continue
        if frame[name].kind != column.kind and frame[name].missing.all():
            columns[name] = Column(column.kind, KINDS[column.kind].absent(len(frame)))
        elif isinstance(column, CategoryColumn):
            columns[name] = column.with_missing(frame[name])
    return Frame(columns)


def _target_warnings(spec: TableSpec, frame: Frame) -> Iterator[str]:
    for item in spec.target:
        values = frame[item.name].values
        if len(values) and (values == values[0]).all():
            yield f"{item.name} has the same value in every training row: there is nothing to learn"


def _most_frequent(column: Column) -> tuple[str, ...]:
    values, counts = np.unique(column.values, return_counts=True)
    top = values[np.argsort(-counts, kind="stable")[:SHOWN_WORDS]]
    return tuple(column.words[value] if column.kind == "category" else f"{value:g}" for value in top)
