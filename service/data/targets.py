"""Targets as a user writes them, numbers, one-hot rows, labels or class indexes, to a matrix and back to classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.matrices import Matrix, first_issues, read_list, read_matrix
from service.engine.spec import NetworkSpec
from service.schema.rules import shown
from service.schema.validation import DataError, ValidationIssue

Classes = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class TargetForm:
    """What the targets of one network may be."""

    outputs: int
    labels: tuple[str, ...] | None = None  #: names of the classes, in order
    indexes: bool = False  #: whole numbers stand for classes, because each output unit is one
    negative: float = 0.0  #: target of an output for a class that the row does not have; 1 for the class it has

    @classmethod
    def of(cls, spec: NetworkSpec, outputs: int, labels: tuple[str, ...] | None) -> TargetForm:
        """Labels as the network names them; class indexes where its outputs share one distribution."""
        return cls(
            outputs=outputs,
            labels=labels,
            indexes=spec.loss.targets == "distribution" or spec.output_activation.name == "softmax",
            negative=-1.0 if spec.loss.targets == "sign" else 0.0,
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The classes' labels, or their indexes as text; a single output distinguishes two classes."""
        return self.labels or tuple(str(index) for index in range(max(self.outputs, 2)))

    @cached_property
    def in_words(self) -> str:
        forms = ["a number" if self.outputs == 1 else f"a list of {self.outputs} numbers"]
        if self.labels:
            forms.append(f"one of the labels {', '.join(self.labels)}")
        if self.takes_indexes:
            forms.append(f"a class index from 0 to {self.outputs - 1}")
        return " or ".join(forms)

    @property
    def takes_indexes(self) -> bool:
        """Whether a whole number stands for a class."""
        return self.outputs > 1 and (self.indexes or self.labels is not None)

    def read(self, value: Any) -> Matrix:
        """Read targets into float64 (rows, outputs). Raises DataError with paths such as (3,) or (3, 1)."""
        rows = _bare_labels(read_list(value, "targets"))
        kinds = set(map(type, rows))
        if kinds <= {list, tuple} or (self.outputs == 1 and kinds <= {int, float}):
            return read_matrix(rows, self.outputs)
        return self._read_classes(rows)

    def classes_of(self, targets: Matrix) -> Classes | None:
        """The class of each row (rows,); None where some row's targets do not name exactly one."""
        if not np.isin(targets, (self.negative, 1)).all():
            return None
        is_class = targets == 1
        one_each = self.outputs == 1 or np.all(is_class.sum(axis=1) == 1)
        classes: Classes = is_class[:, 0].astype(np.intp) if self.outputs == 1 else is_class.argmax(axis=1)
        return classes if one_each else None

    def _read_classes(self, rows: Sequence[Any]) -> Matrix:
        known: dict[str | int, int] = {label: index for index, label in enumerate(self.labels or ())}
        if self.takes_indexes:
            known |= {index: index for index in range(self.outputs)}
        issues = first_issues(
            ValidationIssue((index,), f"must be {self.in_words}, got {shown(row)}")
            for index, row in enumerate(rows)
            if type(row) not in (str, int) or row not in known
        )
        if issues:
            raise DataError(issues)
        return self.encode(np.array([known[row] for row in rows]))

    def encode(self, classes: Classes) -> Matrix:
        """Class indexes (rows,) as targets (rows, outputs)."""
        return class_matrix(classes, self.outputs, self.negative)


def class_matrix(classes: Any, outputs: int, negative: float) -> Matrix:
    """Class indexes (rows,) as float64 (rows, outputs): 1 for the class of a row, `negative` for every other one."""
    is_class = classes.reshape(-1, 1) == (1 if outputs == 1 else np.arange(outputs))
    return np.where(is_class, 1.0, negative)


def _bare_labels(rows: Sequence[Any]) -> Sequence[Any]:
    """A table's only target column arrives as [["like"], ["dislike"]]; the labels are what is meant."""
    if all(isinstance(row, list) and len(row) == 1 and isinstance(row[0], str) for row in rows):
        return [row[0] for row in rows]
    return rows
