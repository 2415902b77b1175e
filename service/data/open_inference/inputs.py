"""The tensors of a request as what a network reads: one matrix of numbers, or a column each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from service.data.frame import Column, Frame, Kind
from service.data.kinds.kind import ColumnKind
from service.data.kinds.registry import KINDS
from service.data.matrices import MAX_ISSUES, first_issues
from service.data.open_inference.tensor import Tensor, Values
from service.data.preprocessing.checks import raise_issues
from service.data.reading.read_as import ReadAs
from service.data.table_rows import Columns
from service.schema.rules import shown, unknown
from service.schema.validation import DataError, SpecError, ValidationIssue


def read_matrix(tensors: Sequence[Tensor], name: str, width: int, features: Sequence[str] | None) -> Values:
    """Numbers (rows, width): one tensor called `name`, or one for each feature.

    Raises DataError with paths such as (0, "shape"); what is not finite is left for the network to reject.
    """
    if features and name not in features and any(tensor.name in features for tensor in tensors):
        _check_names(tensors, features, needed=features)
        by_name = {tensor.name: _numbers(index, tensor) for index, tensor in enumerate(tensors)}
        _check_rows(tensors)
        return np.stack([_one_each(by_name[feature]).astype(np.float64) for feature in features], axis=1)
    _check_names(tensors, [name], needed=[name])
    values = _numbers(0, tensors[0])
    if width == 1 and values.ndim == 1:
        values = values.reshape(-1, 1)
    if values.ndim != 2 or values.shape[1] != width:
        got = list(tensors[0].values.shape)
        raise DataError([ValidationIssue((0, "shape"), f"must be [rows, {width}] for {shown(name)}, got {got}")])
    return values if values.dtype.kind == "f" else values.astype(np.float64)


def read_columns(tensors: Sequence[Tensor], columns: Columns) -> Frame:
    """Columns of a table, one tensor of one element per row each; those that no row need name may be left out.

    Raises DataError with paths such as (0, "shape") or (0, "data", 17).
    """
    _check_names(tensors, columns.kinds, needed=[name for name in columns.kinds if columns.lacks(name, {})])
    cells = [_one_each(tensor.values) for tensor in tensors]
    _check_rows(tensors)
    found: dict[str, Column] = {}
    issues: list[ValidationIssue] = []
    for index, (tensor, values) in enumerate(zip(tensors, cells, strict=True)):
        kind, written = columns.kinds[tensor.name], columns.written(tensor.name)
        try:
            found[tensor.name] = _column(kind, values, written, is_text=tensor.is_text)
        except DataError as error:
            issues += [issue.under(index, "data") for issue in error.issues]
    raise_issues(issues[:MAX_ISSUES])
    rows = tensors[0].rows
    absent = {name: kind for name, kind in columns.kinds.items() if name not in found}
    found |= {name: Column(kind, KINDS[kind].absent(rows)) for name, kind in absent.items()}
    return Frame({name: found[name] for name in columns.kinds})


def _column(kind: Kind, values: Values, written: ReadAs, *, is_text: bool) -> Column:
    """Cells (rows,) as those of a kind; texts are read as in CSV."""
    if not is_text and kind in ("number", "boolean"):
        numbers = values.astype(np.float64)
        if kind == "boolean":
            _check_flags(numbers)
        return Column(kind, numbers)
    cells: list[Any] = values.tolist()
    if values.dtype.kind == "f":
        cells = [None if cell != cell else cell for cell in cells]
    issues: list[ValidationIssue] = []
    read = [_cell(KINDS[kind], place, cell, written, issues) for place, cell in enumerate(cells)]
    raise_issues(issues[:MAX_ISSUES])
    return Column(kind, *KINDS[kind].values_of(read))


def _cell(kind: ColumnKind, place: int, cell: Any, written: ReadAs, issues: list[ValidationIssue]) -> Any:
    try:
        return kind.from_json(cell, written)
    except SpecError as error:
        issues += [issue.under(place) for issue in error.issues]
        return None


def _check_flags(numbers: Values) -> None:
    wrong = np.flatnonzero((numbers != 0) & (numbers != 1) & ~np.isnan(numbers))[:MAX_ISSUES]
    message = "must be true or false, 1 or 0"
    raise_issues(ValidationIssue((int(place),), f"{message}, got {numbers[place]:g}") for place in wrong)


def _numbers(index: int, tensor: Tensor) -> Values:
    if tensor.is_text:
        raise DataError([ValidationIssue((index, "datatype"), "must be one of numbers, such as FP64, got BYTES")])
    return tensor.values


def _one_each(values: Values) -> Values:
    return values.reshape(-1)


def _check_names(tensors: Sequence[Tensor], known: Collection[str], *, needed: Collection[str]) -> None:
    raise_issues(first_issues(_name_issues(tensors, known, needed)))


def _name_issues(
    tensors: Sequence[Tensor], known: Collection[str], needed: Collection[str]
) -> Iterator[ValidationIssue]:
    for index, tensor in enumerate(tensors):
        if tensor.name not in known:
            yield ValidationIssue((index, "name"), unknown(tensor.name, known, "input"))
    given = {tensor.name for tensor in tensors}
    for name in needed:
        if name not in given:
            yield ValidationIssue((), f"must have the input {shown(name)}")


def _check_rows(tensors: Sequence[Tensor]) -> None:
    """Each has one element per row, as [rows, 1] or [rows], and all have as many rows."""
    raise_issues(first_issues(_shape_issues(tensors)))


def _shape_issues(tensors: Sequence[Tensor]) -> Iterator[ValidationIssue]:
    rows = tensors[0].rows
    for index, tensor in enumerate(tensors):
        shape = tensor.values.shape
        if shape not in ((rows, 1), (rows,)):
            wanted = "rows" if index == 0 else rows
            message = f"must be [{wanted}, 1] for {shown(tensor.name)}, got {list(shape)}"
            yield ValidationIssue((index, "shape"), message)


def elements_of(issues: Sequence[ValidationIssue], tensors: Sequence[Tensor]) -> Iterator[ValidationIssue]:
    """Issues of rows by column, (3, "salt"), where the request has them: (1, "data", 3).

    Of a matrix they are by number, (3, 1), and come to be (0, "data", 7) for two columns.
    """
    width = tensors[0].values.shape[-1]
    places: Mapping[str, int] = {tensor.name: index for index, tensor in enumerate(tensors)}
    for issue in issues:
        match issue.path:
            case (int(row), int(column)):
                yield ValidationIssue((0, "data", row * width + column), issue.message)
            case (int(row), str(name)) if name in places:
                yield ValidationIssue((places[name], "data", row), issue.message)
            case (int(row), str(name)):
                yield ValidationIssue((0, "data", row), f"{name} {issue.message}")
            case _:
                yield issue
