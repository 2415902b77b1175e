"""The signature of a network of plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from service.data.extra_columns import ExtraColumns, KnownColumns
from service.data.frame import Column, Frame
from service.data.inputs import read_inputs
from service.data.kinds.registry import KINDS
from service.data.matrices import first_issues, read_vector
from service.data.number_columns import NumberColumns, side_by_side
from service.data.open_inference.inputs import read_matrix
from service.data.open_inference.outputs import class_indexes, texts
from service.data.open_inference.tensor import Tensor, Values
from service.data.preprocessing.checks import raise_issues
from service.data.preprocessing.fitted import Encoded
from service.data.preprocessing.report import Cells
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.profiles.number_checks import input_issues
from service.data.query_row import WHOLE_ROW, read_query_row
from service.data.row_paths import without_row
from service.data.signatures.column_names import read_number_columns
from service.data.signatures.encoders import Encoder, NumberEncoder
from service.data.signatures.labelled_rows import LabelledRows
from service.data.signatures.output_rows import output_rows
from service.data.signatures.signature import Signature
from service.data.signatures.tensor_spec import ROWS, TensorSpec
from service.data.table_rows import Columns, Csv, read_rows
from service.data.targets import TargetForm
from service.engine.arrays import Array
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network
from service.engine.rows import Rows
from service.schema.fields import Spec, field
from service.schema.rules import Anything
from service.schema.validation import DataError, Path, ValidationError, ValidationIssue

UNTOUCHED = Cells()


@dataclass(frozen=True, kw_only=True)
class GivenRows(Spec):
    """Rows with their targets, as a request writes them."""

    inputs: Any = field(Anything())
    targets: Any = field(Anything())
    sample_weights: Any = field(Anything(), default=None)


@dataclass(frozen=True, eq=False)
class NumberSignature(Signature):
    network: Network
    form: TargetForm
    features: tuple[str, ...] | None  #: names of the inputs, in order
    threshold: ClassThreshold | None = None

    has_statistics = False
    kind = None
    units = None

    @cached_property
    def inputs(self) -> tuple[TensorSpec, ...]:
        shape = (ROWS, self.network.inputs)
        return (TensorSpec(name=WHOLE_ROW, kind="number", dtype="float64", shape=shape, elements=self.features),)

    @cached_property
    def predicted(self) -> tuple[TensorSpec, ...]:
        width, labels = self.network.outputs, self.form.labels
        names = labels if labels is not None and len(labels) == width else None
        dtype = self.network.dtype.name
        outputs = TensorSpec(name="outputs", kind="number", dtype=dtype, shape=(ROWS, width), elements=names)
        if self.classifier is None or self.classifier.multilabel:
            return (outputs,)
        if labels is not None:
            return outputs, TensorSpec.per_row("label", "category", categories=labels)
        return outputs, TensorSpec(name="class", kind="number", dtype="int64", shape=(ROWS,))

    def with_threshold(self, threshold: ClassThreshold | None) -> Signature:
        return replace(self, threshold=threshold)

    @cached_property
    def output_names(self) -> Sequence[int | str]:
        return output_names(self.network.outputs, self.form.labels)

    @property
    def encoded_names(self) -> tuple[str, ...] | None:
        return self.features

    @cached_property
    def groups(self) -> Mapping[str, Sequence[int]]:
        names = self.features or tuple(str(index) for index in range(self.network.inputs))
        return {name: (index,) for index, name in enumerate(names)}

    def in_units(self, outputs: Array) -> Array:
        return outputs

    def by_target(self, outputs: Iterable[Any], classes: Sequence[Any], labels: Sequence[Any]) -> list[Any] | None:
        return None

    def read_query(self, given: Mapping[str, str], known: Sequence[str]) -> Encoded:
        row = read_query_row(given, width=self.network.inputs, features=self.features, known=known)
        return Encoded(row, UNTOUCHED)

    @property
    def columns(self) -> tuple[str, ...]:
        return self._named("a table names its columns")

    def with_inputs(self, names: Sequence[str]) -> Signature:
        if len(names) != self.network.inputs:
            message = f"must name {self.network.inputs} columns, one for each input, got {len(names)}"
            raise DataError([ValidationIssue((), message)])
        if len(set(names)) < len(names):
            raise DataError([ValidationIssue((), "must name each column once")])
        return replace(self, features=tuple(names))

    def input_issues(self, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
        return input_issues(self.columns, profiles)

    @cached_property
    def known(self) -> KnownColumns:
        return KnownColumns(self.features or (), needed=self.features or ())

    def read_rows(self, value: Any, *, strict: bool = False) -> Encoded:
        extra = None if strict else ExtraColumns(self.known)
        read = self._read_csv if isinstance(value, Csv) else self._read_inputs
        values = read(value, extra)
        return Encoded(values, UNTOUCHED).without({} if extra is None else extra.ignored)

    def read_frame(self, frame: Frame) -> Encoded:
        features, accepted = self.columns, KINDS["number"].accepts
        raise_issues(
            ValidationIssue((name,), f"must be a number column, but is a {frame[name].kind} column here")
            for name in features
            if frame[name].kind not in accepted
        )
        values = side_by_side(frame, features, np.dtype(np.float64))
        raise_issues(first_issues(_not_finite(values, features)))
        return Encoded(values, UNTOUCHED)

    def read_tensors(self, tensors: Sequence[Tensor]) -> Encoded:
        return Encoded(read_matrix(tensors, WHOLE_ROW, self.network.inputs, self.features), UNTOUCHED)

    def tensor_cells(self, tensors: Sequence[Tensor]) -> Frame:
        return self._cells(self.read_tensors(tensors).values)

    def predicted_values(self, outputs: Array) -> tuple[Values, ...]:
        if self.classifier is None or self.classifier.multilabel:
            return (outputs,)
        classes = self.classifier.classes(output_rows(outputs))
        if self.form.labels is None:
            return outputs, class_indexes(classes)
        return outputs, texts(self.classifier.labels(classes))

    def query_cells(self, given: Mapping[str, str]) -> Frame:
        return self._cells(self.read_query(given, ()).values)

    def row_cells(self, value: Any) -> Frame:
        return self._cells(self.read_rows(value).values)

    def frame_cells(self, frame: Frame) -> Frame:
        return frame.select(self.columns)

    def _cells(self, values: Array) -> Frame:
        """As the network sees them, so that 0.1 is the same number in training and later."""
        seen = values.astype(self.network.dtype).astype(np.float64)
        return Frame({name: Column("number", seen[:, place]) for name, [place] in self.groups.items()})

    def read_actual(self, value: Any) -> list[Any]:
        with without_row():
            targets = self.form.read([value])
        is_class = self.classifier is not None and not self.classifier.multilabel
        if is_class and self.form.classes_of(targets) is None:
            raise DataError([ValidationIssue((), f"must name one class: {', '.join(self.form.names)}")])
        actual: list[Any] = targets[0].tolist()
        return actual

    def actual_targets(self, actuals: Sequence[Sequence[Any]]) -> Array:
        return np.array(actuals, np.float64)

    def path_of(self, path: Path, rows: Any) -> Path:
        if len(path) != 2:
            return path
        row, column = int(path[0]), int(path[1])
        written = rows[row] if isinstance(rows, list) else {}
        if not isinstance(written, Mapping):
            return path if isinstance(written, list) else (row,)
        by_name = self.features is not None and written.keys() != {WHOLE_ROW}
        return row, self.features[column] if self.features is not None and by_name else WHOLE_ROW

    def is_row(self, value: Any) -> bool:
        """With a single input, numbers in a list are rows."""
        if not isinstance(value, list):
            return True
        return (
            self.network.inputs > 1 and len(value) > 0 and not any(isinstance(item, list | Mapping) for item in value)
        )

    def read_labelled(self, value: Any) -> LabelledRows:
        given, issues = GivenRows.from_json(value), list[ValidationIssue]()
        inputs = _collect(issues, "inputs", lambda: self._read_inputs(given.inputs))
        targets = _collect(issues, "targets", lambda: self.form.read(given.targets))
        weights = None
        if given.sample_weights is not None and inputs is not None:
            length = len(inputs)
            weights = _collect(issues, "sample_weights", lambda: read_vector(given.sample_weights, length=length))
        if issues:
            raise DataError(issues)
        return LabelledRows(Rows.of(self.network, inputs, targets, weights), UNTOUCHED)

    def read_columns(self, inputs: Any, target: Any) -> NumberColumns:
        return read_number_columns(inputs, target, width=self.network.inputs, features=self.features)

    def encoder(self, columns: NumberColumns | None = None) -> Encoder:
        if columns is None:
            raise DataError(
                [ValidationIssue((), "needs a network for the columns of a table; this one takes plain numbers")]
            )
        return NumberEncoder(self.network, columns, self.form)

    def read_statistics(self, value: Any) -> None:
        if value is not None:
            raise DataError([ValidationIssue((), "must be left out: this network takes numbers as they are")])

    def _read_inputs(self, value: Any, extra: ExtraColumns | None = None) -> Array:
        return read_inputs(value, width=self.network.inputs, features=self.features, extra=extra)

    def _read_csv(self, rows: Csv, extra: ExtraColumns | None = None) -> Array:
        features = self._named("the first line of CSV names columns")
        frame = read_rows(rows, Columns(dict.fromkeys(features, "number"), frozenset(features)), extra)
        return np.stack([frame[name].values for name in features], axis=1)

    def _named(self, reason: str) -> tuple[str, ...]:
        if self.features is None:
            message = f"needs a network whose inputs have names, because {reason}"
            raise DataError([ValidationIssue((), message)])
        return self.features


def _not_finite(values: Array, names: Sequence[str]) -> Iterator[ValidationIssue]:
    for row, place in zip(*np.nonzero(~np.isfinite(values)), strict=True):
        yield ValidationIssue((int(row), names[place]), "must be a finite number")


def output_names(outputs: int, names: Sequence[str] | None) -> Sequence[int | str]:
    """The labels of the outputs, or their indexes; a single output is that of the second of two labels."""
    if names is None:
        return range(outputs)
    return names if len(names) == outputs else names[1:]


def _collect(issues: list[ValidationIssue], name: str, read: Callable[[], Array]) -> Array | None:
    try:
        return read()
    except ValidationError as error:
        issues += [issue.under(name) for issue in error.issues]
        return None
