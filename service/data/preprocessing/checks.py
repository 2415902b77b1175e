"""Whether a frame is what a table takes, and which of its rows can be learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.frame import Column, Frame, Kind
from service.data.preprocessing.category import UNSEEN
from service.data.preprocessing.column import InputColumn
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import CategoryTarget
from service.engine.faults import DataError, Fault
from service.engine.rules import shown

#: What a column of each kind may be in a frame, or in a data set: yes and no are numbers too, and numbers may name
#: classes.
TAKES: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        "number": ("number", "boolean"),
        "boolean": ("boolean",),
        "category": ("category", "number", "boolean"),
        "time": ("time",),
    }
)


def has_target(spec: TableSpec, frame: Frame) -> npt.NDArray[np.bool_]:
    """Which rows can be learnt from or judged by: those whose targets are all there, (rows,)."""
    masks = [item.column.present(frame[item.name]) for item in spec.target]
    present: npt.NDArray[np.bool_] = np.logical_and.reduce(masks)
    return present


def strange_targets(spec: TableSpec, frame: Frame, *, missing: bool) -> Iterator[Fault]:
    """Words given as targets that the network does not tell, each in its first row; `missing` says whether one such as
    NA may stand for a missing target."""
    for item in spec.target:
        if not isinstance(item.column, CategoryTarget):
            continue
        column, codes = frame[item.name], item.column.codes(frame[item.name])
        is_strange = codes == UNSEEN if missing else (codes < 0) & ~column.missing
        _, rows = np.unique(column.values[is_strange], return_index=True)
        for row in np.flatnonzero(is_strange)[np.sort(rows)].tolist():
            word = shown(column.words[column.values[row]])
            yield Fault((row, item.name), f"must be one of {', '.join(item.column.categories)}; got {word}")


def column_faults(spec: TableSpec, frame: Frame) -> Iterator[Fault]:
    for name, column in spec.columns.items():
        if name not in frame:
            yield Fault((name,), "is missing: the network needs this column")
        elif (fault := _kind_fault(name, column, frame[name])) is not None:
            yield fault
        else:
            yield from _cell_faults(name, column, frame[name])


def target_faults(spec: TableSpec, frame: Frame) -> Iterator[Fault]:
    for item in spec.target:
        if item.name not in frame:
            yield Fault((item.name,), "is missing: it is what the network is to tell")
        elif (fault := _kind_fault(item.name, item.column, frame[item.name])) is not None:
            yield fault
        elif not np.all(item.column.present(frame[item.name])):
            yield Fault((item.name,), "must have a known value in every row")
        elif item.column.kind == "number" and np.isinf(frame[item.name].values).any():
            yield Fault((item.name,), "must hold finite numbers")


def raise_faults(faults: Iterable[Fault]) -> None:
    if found := list(faults):
        raise DataError(found)


def _kind_fault(name: str, column: Any, given: Column) -> Fault | None:
    if given.kind in TAKES[column.kind]:
        return None
    return Fault((name,), f"must be a {column.kind} column, is a {given.kind} column here")


def _cell_faults(name: str, column: InputColumn, given: Column) -> Iterator[Fault]:
    if column.is_required and given.missing.any():
        count, first = int(np.count_nonzero(given.missing)), int(given.missing.argmax())
        others = f", as in {count - 1} more row{'s' * (count > 2)}" if count > 1 else ""
        yield Fault((first, name), f'is missing{others}; every row needs this column, unless it is given an "impute"')
    if given.kind == "number":
        infinite = np.isinf(given.values) if not np.isfinite(given.values.sum()) else None
        if infinite is not None and infinite.any():
            count, first = int(np.count_nonzero(infinite)), int(infinite.argmax())
            yield Fault((first, name), f"must be a finite number, as in every row; {count} are infinite")
