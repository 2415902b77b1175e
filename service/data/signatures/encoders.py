"""How the columns of a table become the rows of one network, to train it or to evaluate it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from service.data.frame import Frame
from service.data.number_columns import NumberColumns, side_by_side, target_matrix
from service.data.preprocessing.checks import has_target, unknown_classes
from service.data.preprocessing.fitted import Fitted, fit
from service.data.preprocessing.report import Cells
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.profiles.number_checks import number_issues
from service.data.profiles.table_checks import column_issues, shape_issues
from service.data.row_keys import Bits, matrix_bits
from service.data.row_paths import in_table_rows
from service.data.signatures.labelled_rows import LabelledRows
from service.data.targets import TargetForm
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.units import Units
from service.schema.validation import DataError, Path, ValidationIssue

Matrix = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


class Encoded(NamedTuple):
    rows: Rows
    cells: Cells  #: what became of missing cells and of unknown categories


class Encoder(ABC):
    """`inputs` and `targets` are the names of the columns it reads."""

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    form: TargetForm

    @abstractmethod
    def predicts_class(self, profiles: ColumnProfiles) -> bool:
        """Whether a row's target names one class."""

    @abstractmethod
    def profile_issues(self, profiles: ColumnProfiles, *, training: bool = True) -> Iterator[ValidationIssue]:
        """What keeps a data set from training the network or, without `training`, from being read by it.

        The path is () for the data set itself, or that of the column's name below `inputs` and `target`.
        """

    def unknown_issues(self, frame: Frame) -> Iterator[ValidationIssue]:
        """Classes in the target of a whole table that the network does not predict."""
        return iter(())

    @abstractmethod
    def has_target(self, frame: Frame) -> Mask:
        """Which rows can be learned from, (rows,)."""

    @abstractmethod
    def bits(self, frame: Frame) -> Iterator[Bits]:
        """What the network takes of each row, column by column, for `row_keys`."""

    @abstractmethod
    def fit(self, training: Frame) -> None:
        """Learn the statistics that encoding needs from the training rows, unless known. Raises DataError."""

    @abstractmethod
    def encode(self, frame: Frame, sample_weight: str | None = None) -> Encoded:
        """`sample_weight` is the column that says how much a row counts.

        Raises DataError with paths such as (3, "salt"), ("salt",) or ().
        """

    def labelled(self, frame: Frame) -> LabelledRows:
        """The rows that have their targets. Raises DataError where none has."""
        kept = np.flatnonzero(self.has_target(frame))
        if not kept.size:
            message = f"must have at least one row with a known value of {', '.join(self.targets)}"
            raise DataError([ValidationIssue((), message)])
        left_out = len(frame) - len(kept)
        with in_table_rows(kept):
            encoded = self.encode(frame.take(kept) if left_out else frame)
        return LabelledRows(encoded.rows, encoded.cells, left_out)

    @property
    def statistics(self) -> Mapping[str, Any] | None:
        """What has been learned from the training rows; None where nothing is."""
        return None

    @property
    def groups(self) -> Mapping[str, Sequence[int]]:
        """Which of the network's inputs each column becomes."""
        return {name: (index,) for index, name in enumerate(self.inputs)}

    @property
    def warnings(self) -> Sequence[str]:
        """What looks doubtful in the training rows."""
        return ()

    def _column(self, part: str, index: int) -> str:
        """The column that a number of the encoded rows belongs to."""
        if part == "targets":
            return self.targets[min(index, len(self.targets) - 1)]
        return next(name for name, group in self.groups.items() if index in group)

    def _rows(
        self,
        network: Network,
        frame: Frame,
        inputs: Matrix,
        targets: Matrix,
        sample_weight: str | None,
        units: Units | None = None,
    ) -> Rows:
        """The rows for the engine, whose issues get the table's paths."""

        def in_table(path: Path) -> Path:
            match path:
                case (str(part), int(row), int(number)):
                    return row, self._column(part, number)
                case ("sample_weights", *rows) if sample_weight is not None:
                    return *rows, sample_weight
            return ()

        weights = None if sample_weight is None else frame[sample_weight].values
        try:
            return Rows.of(network, inputs, targets, weights, units=units)
        except DataError as error:
            raise DataError(ValidationIssue(in_table(issue.path), issue.message) for issue in error.issues) from error


class NumberEncoder(Encoder):
    """For a network of plain numbers."""

    def __init__(self, network: Network, columns: NumberColumns, form: TargetForm) -> None:
        self.inputs, self.targets = columns.inputs, columns.targets
        self._network = network
        self._columns = columns
        self.form = form

    def predicts_class(self, profiles: ColumnProfiles) -> bool:
        name = self.targets[0]
        if len(self.targets) > 1 or name not in profiles:
            return False
        return profiles.type_of(name) != "number" or self.form.takes_indexes or profiles.distinct(name) <= 2

    def profile_issues(self, profiles: ColumnProfiles, *, training: bool = True) -> Iterator[ValidationIssue]:
        return number_issues(self._columns, profiles, self.form, self._network.inputs)

    def has_target(self, frame: Frame) -> Mask:
        present: Mask = np.logical_and.reduce([~frame[name].missing for name in self.targets])
        return present

    def bits(self, frame: Frame) -> Iterator[Bits]:
        return matrix_bits(side_by_side(frame, self.inputs, self._network.dtype))

    def fit(self, training: Frame) -> None:
        pass

    def encode(self, frame: Frame, sample_weight: str | None = None) -> Encoded:
        inputs = side_by_side(frame, self.inputs, self._network.dtype)
        if not np.isfinite(inputs).all():
            raise DataError([ValidationIssue((), self._misfits(inputs))])
        targets = target_matrix(frame, self.targets, self.form)
        return Encoded(self._rows(self._network, frame, inputs, targets, sample_weight), Cells())

    def _misfits(self, inputs: Matrix) -> str:
        counts = (~np.isfinite(inputs)).sum(axis=0)
        found = ", ".join(f"{name} ({count})" for name, count in zip(self.inputs, counts, strict=True) if count)
        return f"columns hold cells that are missing or do not fit {self._network.dtype.name}: {found}"


class TableEncoder(Encoder):
    """For a network that takes the columns of a table by their names."""

    def __init__(self, network: Network, fitted: Fitted, form: TargetForm) -> None:
        self._spec = fitted.spec
        self.inputs, self.targets = self._spec.features, self._spec.target_names
        self._network = network
        self._fitted = fitted
        self.form = form

    def predicts_class(self, profiles: ColumnProfiles) -> bool:
        return not self._spec.is_regression and not self._spec.is_multilabel

    def profile_issues(self, profiles: ColumnProfiles, *, training: bool = True) -> Iterator[ValidationIssue]:
        return column_issues(self._spec, profiles) if training else shape_issues(self._spec, profiles)

    def unknown_issues(self, frame: Frame) -> Iterator[ValidationIssue]:
        return unknown_classes(self._spec, frame)

    def has_target(self, frame: Frame) -> Mask:
        return has_target(self._spec, frame)

    def bits(self, frame: Frame) -> Iterator[Bits]:
        return self._fitted.bits(frame)

    def fit(self, training: Frame) -> None:
        # Weights that no rows have trained come with statistics of no rows.
        if not self._fitted.rows:
            self._fitted = fit(self._spec, training)

    def encode(self, frame: Frame, sample_weight: str | None = None) -> Encoded:
        fitted, network = self._fitted, self._network
        inputs, cells = fitted.encode(frame, network.dtype)
        targets = fitted.targets(frame, network.dtype, outputs=network.outputs, negative=self.form.negative)
        return Encoded(self._rows(network, frame, inputs, targets, sample_weight, fitted.units), cells)

    @property
    def statistics(self) -> Mapping[str, Any]:
        return self._fitted.to_json()

    @property
    def groups(self) -> Mapping[str, Sequence[int]]:
        return {name: range(group.start, group.stop) for name, group in self._spec.groups.items()}

    @property
    def warnings(self) -> Sequence[str]:
        return self._fitted.warnings
