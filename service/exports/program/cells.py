"""Cells as rows hold them, from JSON, CSV or a pandas DataFrame, as numbers, flags, places of categories and times."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

#: Texts that stand for a missing cell, in any case.
MISSING = {"", "na", "n/a", "nan", "null", "none"}
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def is_missing(cell: Any) -> bool:
    # NaN and NaT differ from themselves; pandas.NA says neither.
    return cell is None or type(cell).__name__ == "NAType" or bool(cell != cell)


def cells_of(rows: Sequence[Mapping[str, Any]], name: str, read: Callable[[Any], Any], *, required: bool) -> list[Any]:
    """The cells of one column, each by `read`, which is not asked for a missing one: that is None."""
    found = [read_cell(row.get(name), read, f"row {index}, column {name}") for index, row in enumerate(rows)]
    if required and None in found:
        raise ValueError(f"row {found.index(None)} needs a value of {name}")
    return found


def read_cell(cell: Any, read: Callable[[Any], Any], place: str) -> Any:
    try:
        return None if is_missing(cell) else read(cell)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def as_number(cell: Any) -> float | None:
    """A number, or a text that is one."""
    if isinstance(cell, str) and cell.strip().lower() in MISSING:
        return None
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"a number is needed, not {cell!r}") from None


def as_flag(cell: Any) -> float | None:
    """1 for true and 0 for false, which texts may write as yes and no too."""
    word = str(cell).strip().lower()
    if word in MISSING:
        return None
    if word not in ("true", "yes", "1", "1.0", "false", "no", "0", "0.0"):
        raise ValueError(f"true or false is needed, not {cell!r}")
    return float(word in ("true", "yes", "1", "1.0"))


def as_time(cell: Any) -> np.datetime64 | None:
    """A datetime, or ISO 8601; without an offset it is in UTC."""
    if isinstance(cell, str):
        if cell.strip().lower() in MISSING:
            return None
        cell = read_time(cell)
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        cell = cell.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(cell, "us")


def read_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"a time as in ISO 8601 is needed, not {text!r}") from None


def as_word(cell: Any) -> str:
    """A category as text, 2.0 as 2."""
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer() and abs(float(cell)) < 2**53:
        return str(int(cell))
    return str(cell)


def place_of(
    word: str, places: Mapping[str, int], numbers: Mapping[float, int], flags: Mapping[float, int]
) -> int | None:
    """The place of a category, however its number, or its yes or no, is written; None for a missing cell, -1 for an
    unseen category."""
    if word in places:
        return places[word]
    word = word.strip()
    if word in places or word.lower() in MISSING:
        return places.get(word)
    if NUMBER.fullmatch(word) and abs(float(word)) < 2**53:
        return numbers.get(float(word), -1)
    flag = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}.get(word.lower())
    return -1 if flag is None else flags.get(flag, -1)
