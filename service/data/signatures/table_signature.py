"""The signature of a network for the columns of a table: it prepares cells itself and predicts by target column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from service.data.extra_columns import ExtraColumns, KnownColumns
from service.data.frame import Column, Frame
from service.data.kinds.registry import KINDS
from service.data.number_columns import NumberColumns
from service.data.open_inference.inputs import elements_of, read_columns
from service.data.open_inference.outputs import flags, texts
from service.data.open_inference.tensor import Tensor, Values
from service.data.preprocessing.category import CategoryColumn
from service.data.preprocessing.fitted import Encoded, Fitted
from service.data.preprocessing.report import Held
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import BooleanTarget, CategoryTarget
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.profiles.table_checks import input_issues
from service.data.query_row import WHOLE_ROW
from service.data.signatures.actuals import actual_targets, read_actual
from service.data.signatures.encoders import Encoder, TableEncoder
from service.data.signatures.labelled_objects import read_labelled_objects
from service.data.signatures.labelled_rows import LabelledRows
from service.data.signatures.number_signature import output_names
from service.data.signatures.output_rows import output_rows
from service.data.signatures.signature import Signature
from service.data.signatures.tensor_spec import TensorSpec
from service.data.table_rows import Columns, read_rows, read_text_row
from service.data.targets import TargetForm
from service.engine.arrays import Array
from service.engine.losses.base import Kind
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network
from service.engine.units import Units
from service.schema.rules import unknown
from service.schema.validation import DataError, Path, ValidationIssue


@dataclass(frozen=True, eq=False)
class TableSignature(Signature):
    network: Network
    form: TargetForm
    fitted: Fitted  #: with the statistics of the rows that trained the weights
    threshold: ClassThreshold | None = None

    has_statistics = True

    @property
    def table(self) -> TableSpec:
        return self.fitted.spec

    @cached_property
    def inputs(self) -> tuple[TensorSpec, ...]:
        return tuple(
            TensorSpec.column(
                name,
                column.kind,
                categories=column.categories if isinstance(column, CategoryColumn) else None,
                required=column.is_named,
                nullable=not column.is_required,
            )
            for name, column in self.table.columns.items()
        )

    @cached_property
    def predicted(self) -> tuple[TensorSpec, ...]:
        return tuple(
            TensorSpec.per_row(
                item.name,
                item.column.kind,
                categories=item.column.categories if isinstance(item.column, CategoryTarget) else None,
            )
            for item in self.table.target
        )

    @property
    def kind(self) -> Kind:
        return "regression" if self.table.is_regression else "classification"

    def with_threshold(self, threshold: ClassThreshold | None) -> Signature:
        return replace(self, threshold=threshold)

    @cached_property
    def output_names(self) -> Sequence[int | str]:
        return output_names(self.network.outputs, self.table.labels or self.table.target_names)

    @property
    def encoded_names(self) -> tuple[str, ...]:
        return self.table.encoded_names

    @cached_property
    def groups(self) -> Mapping[str, Sequence[int]]:
        return {name: range(group.start, group.stop) for name, group in self.table.groups.items()}

    @property
    def units(self) -> Units | None:
        return self.fitted.units

    def in_units(self, outputs: Array) -> Array:
        return self.fitted.outputs_in_units(outputs)

    def held(self, outputs: Array) -> Mapping[str, Held]:
        units = self.units
        if units is None or units.low is None or units.high is None:
            return {}
        numbers = units.unbounded(outputs)
        outside = (numbers < units.low) | (numbers > units.high)
        if not outside.any():
            return {}
        ranges = zip(self.table.target_names, units.low.tolist(), units.high.tolist(), outside.T, strict=True)
        return {
            name: Held(int(rows.sum()), low, high, np.flatnonzero(rows))
            for name, low, high, rows in ranges
            if rows.any()
        }

    def by_target(self, outputs: Iterable[Any], classes: Sequence[Any], labels: Sequence[Any]) -> list[Any]:
        names = self.table.target_names
        if self.table.is_regression:
            return [dict(zip(names, row, strict=True)) for row in outputs]
        if self.table.is_multilabel:
            return [{name: index in (found or ()) for index, name in enumerate(names)} for found in classes]
        if isinstance(self.table.target[0].column, BooleanTarget):
            return [{names[0]: None if found is None else bool(found)} for found in classes]
        return [{names[0]: label} for label in labels]

    @cached_property
    def _columns(self) -> Columns:
        """What a row to predict for holds."""
        return Columns(
            self.table.kinds, frozenset(self.table.required), frozenset(self.table.named), self.table.read_as
        )

    def read_query(self, given: Mapping[str, str], known: Sequence[str]) -> Encoded:
        if not given.keys() <= self._columns.kinds.keys():
            raise DataError(self._name_issues(given, known))
        row = read_text_row(given, self._columns)
        return Encoded(self.fitted.row(row), self.fitted.row_cells(row))

    @property
    def columns(self) -> tuple[str, ...]:
        return self.table.features

    @property
    def target_names(self) -> tuple[str, ...]:
        return self.table.target_names

    def input_issues(self, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
        return input_issues(self.table, profiles)

    @cached_property
    def known(self) -> KnownColumns:
        needed = (*self.table.required, *self.table.named)
        return KnownColumns(self.table.columns, needed=needed, targets=self.table.target_names)

    def read_rows(self, value: Any, *, strict: bool = False) -> Encoded:
        extra = None if strict else ExtraColumns(self.known)
        encoded = self.fitted.encode(read_rows(value, self._columns, extra), self.network.dtype)
        return encoded if extra is None else encoded.without(extra.ignored)

    def read_frame(self, frame: Frame) -> Encoded:
        return self.fitted.encode(self.frame_cells(frame), self.network.dtype)

    def frame_cells(self, frame: Frame) -> Frame:
        return Frame(
            {
                name: frame[name] if name in frame else Column(kind, KINDS[kind].absent(len(frame)))
                for name, kind in self.table.kinds.items()
            }
        )

    def read_tensors(self, tensors: Sequence[Tensor]) -> Encoded:
        frame = self.tensor_cells(tensors)
        try:
            return self.fitted.encode(frame, self.network.dtype)
        except DataError as error:
            raise DataError(elements_of(error.issues, tensors)) from error

    def tensor_cells(self, tensors: Sequence[Tensor]) -> Frame:
        return read_columns(tensors, self._columns)

    def predicted_values(self, outputs: Array) -> tuple[Values, ...]:
        if self.classifier is None:
            return tuple(outputs.T.astype(np.float64))
        classes = self.classifier.classes(output_rows(outputs))
        if self.table.is_multilabel:
            return tuple(flags(classes, lambda one, at=at: at in one) for at in range(len(self.table.target)))
        if isinstance(self.table.target[0].column, BooleanTarget):
            return (flags(classes, bool),)
        return (texts(self.classifier.labels(classes)),)

    def query_cells(self, given: Mapping[str, str]) -> Frame:
        row = read_text_row(given, self._columns)
        return Frame(
            {name: Column(kind, *KINDS[kind].values_of([row.get(name)])) for name, kind in self.table.kinds.items()}
        )

    def row_cells(self, value: Any) -> Frame:
        return read_rows(value, self._columns, ExtraColumns(self.known))

    def read_actual(self, value: Any) -> list[Any]:
        return read_actual(self.table, value)

    def actual_targets(self, actuals: Sequence[Sequence[Any]]) -> Array:
        return actual_targets(self.table, self.form, actuals)

    def path_of(self, path: Path, rows: Any) -> Path:
        if len(path) != 2:
            return path
        return path[0], next(name for name, group in self.groups.items() if path[1] in group)

    def is_row(self, value: Any) -> bool:
        return not isinstance(value, list)

    def read_labelled(self, value: Any) -> LabelledRows:
        return read_labelled_objects(value, self.table, self.encoder())

    def read_columns(self, inputs: Any, target: Any) -> None:
        message = "must not be given: this network knows its columns"
        given = [name for name, value in (("inputs", inputs), ("target", target)) if value is not None]
        if given:
            raise DataError(ValidationIssue((name,), message) for name in given)

    def encoder(self, columns: NumberColumns | None = None) -> Encoder:
        return TableEncoder(self.network, self.fitted, self.form)

    def read_statistics(self, value: Any) -> Any:
        """None stands for numbers as they are: for weights that no rows have trained."""
        return None if value is None else Fitted.from_json(self.table, value).to_json()

    def _name_issues(self, given: Mapping[str, str], known: Sequence[str]) -> Iterator[ValidationIssue]:
        columns = self._columns
        for name in given:
            if name not in columns.kinds:
                whole = "this network takes each column by its name, not the numbers of a row; "
                words = unknown(name, [*known, *columns.kinds], "argument")
                yield ValidationIssue((name,), (whole if name == WHOLE_ROW else "") + words)
        for name in columns.kinds:
            if columns.lacks(name, given):
                yield ValidationIssue((name,), "is required")
