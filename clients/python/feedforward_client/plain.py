"""Python, NumPy, pandas and polars values as JSON values."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """NaN, NaT and NA become null, times ISO 8601. Raises TypeError with the type that JSON has no form for."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return _scalar(value)
    if isinstance(value, datetime.date):
        return None if _is_missing(value) else value.isoformat()
    if _is_missing(value):
        return None
    if hasattr(value, "to_numpy"):  # A Series of pandas or polars.
        return _array(value.to_numpy())
    raise TypeError(f"cannot send {type(value).__name__} {value!r} as JSON")


def _array(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.kind in "biuU" or (array.dtype.kind == "f" and not np.isnan(array).any()):
        return array.tolist()
    return [plain(item) for item in array] if array.ndim else plain(array.item())


def _scalar(value: np.generic) -> Any:
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value.astype("datetime64[us]"))
    if isinstance(value, np.bool_ | np.integer | np.floating | np.str_):
        return plain(value.item())
    raise TypeError(f"cannot send {type(value).__name__} {value!r} as JSON")


def _is_missing(value: Any) -> bool:
    """NaT and NA of pandas, recognised by their names: pandas need not be installed."""
    return type(value).__name__ in ("NaTType", "NAType")
