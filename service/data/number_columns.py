"""Columns of a table as they are, for a network that takes plain numbers and knows no words but its labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.frame import Column, Frame
from service.data.matrices import MAX_ISSUES
from service.data.targets import Classes, TargetForm
from service.schema.fields import Spec, field
from service.schema.rules import Items, Text, shown
from service.schema.validation import DataError, ValidationIssue

#: Rows that are put side by side at one time: their cells stay in the processor's cache until all columns are there.
BLOCK = 4096
MAX_NAME = 1000

Matrix = npt.NDArray[Any]


@dataclass(frozen=True)
class NumberColumns(Spec):
    """Which columns are a network's inputs, in its order, and which its targets."""

    inputs: tuple[str, ...] = field(Items(Text(MAX_NAME), at_least=1))
    targets: tuple[str, ...] = field(Items(Text(MAX_NAME), at_least=1))


def side_by_side(frame: Frame, names: Sequence[str], dtype: np.dtype[Any]) -> Matrix:
    """Columns of numbers or of yes and no as (rows, names). What is no finite number in `dtype` stays what it is."""
    columns = [frame[name].values for name in names]
    matrix = np.empty((len(frame), len(names)), dtype)
    with np.errstate(over="ignore"):
        for start in range(0, len(matrix), BLOCK):
            for place, values in enumerate(columns):
                matrix[start : start + BLOCK, place] = values[start : start + BLOCK]
    return matrix


def target_matrix(frame: Frame, names: Sequence[str], form: TargetForm) -> Matrix:
    """Targets as (rows, outputs): one column of labels, of class indexes or of yes and no, or a number for each output.

    Raises DataError with the label that no class has.
    """
    column = frame[names[0]]
    if len(names) > 1 or (column.kind == "number" and (form.outputs == 1 or not form.takes_indexes)):
        return side_by_side(frame, names, np.dtype(np.float64))
    if column.kind == "boolean" and form.outputs == 1:
        return form.encode(column.values.astype(np.intp))
    classes = _labelled(column, form) if column.kind == "category" else _indexed(column, form)
    return form.encode(classes)


def _labelled(column: Column, form: TargetForm) -> Classes:
    codes = column.recoded(form.names)
    strange = sorted({column.words[code] for code in np.unique(column.values[codes == -2])})
    _reject(f"must be {form.in_words}, got {shown(word)}" for word in strange)
    return codes.astype(np.intp)


def _indexed(column: Column, form: TargetForm) -> Classes:
    numbers = np.unique(column.values)
    strange = numbers[(numbers != np.rint(numbers)) | (numbers < 0) | (numbers >= form.outputs)]
    _reject(f"must be {form.in_words}, got {number:g}" for number in strange)
    return column.values.astype(np.intp)


def _reject(messages: Iterator[str]) -> None:
    issues = [ValidationIssue((), message) for _, message in zip(range(MAX_ISSUES), messages, strict=False)]
    if issues:
        raise DataError(issues)
