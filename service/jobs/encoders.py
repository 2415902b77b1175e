"""How the columns of a table become the rows of one network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from service.data.frame import Frame
from service.data.number_columns import NumberColumns, side_by_side, target_matrix
from service.data.preprocessing.checks import has_target
from service.data.preprocessing.fitted import Fitted, fit
from service.data.preprocessing.table import TableSpec
from service.data.targets import TargetForm
from service.domain.records import Json
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.units import Units
from service.schema.validation import DataError, Path, ValidationIssue

Matrix = npt.NDArray[Any]


class Encoded(NamedTuple):
    rows: Rows
    cells: Json  #: what became of missing cells and of unknown words, where there were any


class Encoder(ABC):
    """`inputs` and `targets` are the names of the columns it reads."""

    inputs: tuple[str, ...]
    targets: tuple[str, ...]

    @abstractmethod
    def has_target(self, frame: Frame) -> npt.NDArray[np.bool_]:
        """Which rows can be learnt from, (rows,)."""

    @abstractmethod
    def fit(self, training: Frame) -> None:
        """Learn from the training rows what encoding needs, unless that is known. Raises DataError."""

    @abstractmethod
    def encode(self, frame: Frame, sample_weight: str | None) -> Encoded:
        """`sample_weight` is the column that says how much a row counts. Raises DataError with places such as
        (3, "salt"), ("salt",) or ()."""

    @property
    def preprocessing(self) -> Json | None:
        """What has been fitted; None where nothing is."""
        return None

    @property
    def groups(self) -> Mapping[str, range]:
        """Which of the network's inputs each column has become."""
        return {name: range(place, place + 1) for place, name in enumerate(self.inputs)}

    @property
    def warnings(self) -> Sequence[str]:
        """What looks doubtful in the training rows."""
        return ()

    def _column(self, part: str, place: int) -> str:
        """Which column a number of the encoded rows is of."""
        if part == "targets":
            return self.targets[min(place, len(self.targets) - 1)]
        return next(name for name, group in self.groups.items() if place in group)

    def _rows(
        self,
        network: Network,
        frame: Frame,
        inputs: Matrix,
        targets: Matrix,
        sample_weight: str | None,
        units: Units | None = None,
    ) -> Rows:
        """The rows for the engine; what it refuses is told in the words of the table."""

        def place(path: Path) -> Path:
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
            raise DataError(ValidationIssue(place(issue.path), issue.message) for issue in error.issues) from error


def encoder_for(
    network: Network, table: Json | None, columns: NumberColumns | None, form: TargetForm, known: Json | None
) -> Encoder:
    """`table` is how the network reads a user's table, `known` what was fitted before; without it, `columns` count."""
    if table is not None:
        return NamedEncoder(network, TableSpec.from_json(table), form, known)
    if columns is None:
        raise DataError([ValidationIssue(("columns",), "must be given for a network of plain numbers")])
    return NumberEncoder(network, columns, form)


class NumberEncoder(Encoder):
    """For a network that takes plain numbers."""

    def __init__(self, network: Network, columns: NumberColumns, form: TargetForm) -> None:
        self.inputs, self.targets = columns.inputs, columns.targets
        self._network = network
        self._form = form

    def has_target(self, frame: Frame) -> npt.NDArray[np.bool_]:
        present: npt.NDArray[np.bool_] = np.logical_and.reduce([~frame[name].missing for name in self.targets])
        return present

    def fit(self, training: Frame) -> None:
        pass

    def encode(self, frame: Frame, sample_weight: str | None) -> Encoded:
        inputs = side_by_side(frame, self.inputs, self._network.dtype)
        if not np.isfinite(inputs).all():
            raise DataError([ValidationIssue((), self._misfits(inputs))])
        targets = target_matrix(frame, self.targets, self._form)
        return Encoded(self._rows(self._network, frame, inputs, targets, sample_weight), {})

    def _misfits(self, inputs: npt.NDArray[Any]) -> str:
        counts = (~np.isfinite(inputs)).sum(axis=0)
        found = ", ".join(f"{name} ({count})" for name, count in zip(self.inputs, counts, strict=True) if count)
        return f"columns hold cells that are missing or do not fit {self._network.dtype.name}: {found}"


class NamedEncoder(Encoder):
    """For a network that speaks the names and words of the user's table."""

    def __init__(self, network: Network, spec: TableSpec, form: TargetForm, known: Json | None) -> None:
        self.inputs, self.targets = spec.features, spec.target_names
        self._network = network
        self._spec = spec
        self._negative = form.negative
        fitted = None if known is None else Fitted.from_json(spec, known)
        # Weights that no rows have trained come with statistics of no rows.
        self._fitted = fitted if fitted is not None and fitted.rows else None

    def has_target(self, frame: Frame) -> npt.NDArray[np.bool_]:
        return has_target(self._spec, frame)

    def fit(self, training: Frame) -> None:
        self._fitted = self._fitted or fit(self._spec, training)

    def encode(self, frame: Frame, sample_weight: str | None) -> Encoded:
        fitted, network = self._ready, self._network
        inputs, cells = fitted.encode(frame, network.dtype)
        targets = fitted.targets(frame, network.dtype, outputs=network.outputs, negative=self._negative)
        rows = self._rows(network, frame, inputs, targets, sample_weight, fitted.units)
        return Encoded(rows, cells.to_json())

    @property
    def preprocessing(self) -> Json | None:
        return self._ready.to_json()

    @property
    def groups(self) -> Mapping[str, range]:
        return {name: range(group.start, group.stop) for name, group in self._spec.groups.items()}

    @property
    def warnings(self) -> Sequence[str]:
        return self._ready.warnings

    @property
    def _ready(self) -> Fitted:
        if self._fitted is None:
            raise ValueError("fit comes first")
        return self._fitted
