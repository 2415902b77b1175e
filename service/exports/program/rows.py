"""What an exported program reads rows with, and runs from the command line."""

from __future__ import annotations

import base64
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from service.exports.program.cells import as_number, cells_of


def as_rows(rows: Any) -> Sequence[Mapping[str, Any]]:
    """Objects by column, of a list of them or a pandas DataFrame."""
    return rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)


def matrix(rows: Any, width: int, names: Sequence[str] = ()) -> np.ndarray:
    """Rows of numbers, or objects by the names of the inputs, as (rows, width)."""
    if hasattr(rows, "to_dict") or (len(rows) and isinstance(rows[0], Mapping)):
        rows = as_rows(rows)
        columns = [cells_of(rows, name, as_number, required=True) for name in names or rows[0]]
        rows = list(zip(*columns, strict=True))
    x = np.array(rows, float).reshape(len(rows), -1) if len(rows) else np.zeros((0, width))
    if x.shape[1] != width:
        raise ValueError(f"a row has {width} numbers, not {x.shape[1]}")
    return x


def finite(x: np.ndarray, dtype: str) -> np.ndarray:
    with np.errstate(over="ignore"):
        x = x.astype(dtype)
    if not np.isfinite(x).all():
        raise ValueError(f"row {int(np.argmin(np.isfinite(x).all(axis=1)))} has a number that is missing or too large")
    return x


def unpacked(text: str, dtype: str, *shape: int) -> np.ndarray:
    """Numbers that are kept as base64 of their bytes, the lowest first."""
    return np.frombuffer(base64.b64decode(text), np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape)


def run(inputs: Sequence[str], outputs: Sequence[str], *predictions: Callable[[Any], np.ndarray]) -> None:
    """Read CSV with a first line of names from standard input, write predictions as CSV to standard output."""
    try:
        rows = read_csv(sys.stdin, inputs)
        columns = [predict(rows).reshape(len(rows), -1) for predict in predictions]
    except (ValueError, csv.Error) as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    out = csv.writer(sys.stdout)
    out.writerow(outputs)
    for row in zip(*(part.tolist() for part in columns), strict=True):
        out.writerow([cell for part in row for cell in part])


def read_csv(file: Any, names: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """The rows of a file whose first line has at least these names, by name. Rows count from 0."""
    file.reconfigure(encoding="utf-8-sig", newline="")
    head, *lines = [line for line in csv.reader(file) if line] or [[]]
    if not head:
        raise ValueError("the first line must name the columns, and there is none")
    if missing := [name for name in names if name not in head]:
        raise ValueError(f"the first line must name the columns: {some(names)} (missing: {some(missing)})")
    if len(set(head)) < len(head):
        raise ValueError(f"the first line must name each column once: {some(head)}")
    for index, line in enumerate(lines):
        if len(line) != len(head):
            raise ValueError(f"row {index} has {len(line)} cells, and the first line {len(head)}")
    return [dict(zip(head, line, strict=True)) for line in lines]


def some(names: Sequence[str]) -> str:
    """Ten of them at most."""
    return ", ".join([*names[:10], "…"] if len(names) > 10 else names)
