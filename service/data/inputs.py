"""Input rows as a user writes them, lists or objects by feature name, to a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.data.matrices import Matrix, first_faults, read_list, read_matrix
from service.engine.faults import DataError, Fault
from service.engine.rules import unknown


def read_inputs(value: Any, *, width: int, features: Sequence[str] | None = None) -> Matrix:
    """Read rows into float64 (rows, width); rows may be objects when the features have names.

    Raises DataError with places such as (3, 1) or (3, "salt").
    """
    rows = read_list(value, "rows")
    if not features or not all(isinstance(row, Mapping) for row in rows):
        return read_matrix(rows, width)
    faults = first_faults(_name_faults(rows, features))
    if faults:
        raise DataError(faults)
    try:
        return read_matrix([[row[name] for name in features] for row in rows], width)
    except DataError as error:
        raise DataError(_by_name(fault, features) for fault in error.faults) from None


def _name_faults(rows: Sequence[Mapping[str, Any]], features: Sequence[str]) -> Iterator[Fault]:
    for index, row in enumerate(rows):
        yield from (Fault((index, name), "is required") for name in features if name not in row)
        yield from (Fault((index, name), unknown(name, features, "feature")) for name in row if name not in features)


def _by_name(fault: Fault, features: Sequence[str]) -> Fault:
    row, column = fault.path
    return Fault((row, features[int(column)]), fault.message)
