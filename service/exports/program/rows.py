"""What an exported program reads rows with, and runs from the command line."""

from __future__ import annotations

import base64
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from service.exports.program.cells import as_number


def as_rows(rows: Any) -> Sequence[Mapping[str, Any]]:
    """Objects by column, of a list of them or a pandas DataFrame."""
    return rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)


def matrix(rows: Any, width: int, names: Sequence[str] = ()) -> np.ndarray:
    """Rows of numbers, or objects by the names of the inputs, as (rows, width)."""
    if hasattr(rows, "to_dict") or (len(rows) and isinstance(rows[0], Mapping)):
        rows = [[as_number(row[name]) for name in names or row] for row in as_rows(rows)]
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


def run(names: Sequence[str], *predictions: Callable[[Any], np.ndarray]) -> None:
    """Read CSV with a first line of names from standard input, write predictions as CSV to standard output."""
    rows = list(csv.DictReader(sys.stdin))
    columns = [predict(rows).reshape(len(rows), -1) for predict in predictions]
    out = csv.writer(sys.stdout)
    out.writerow(names)
    for row in zip(*(part.tolist() for part in columns), strict=True):
        out.writerow([cell for part in row for cell in part])
