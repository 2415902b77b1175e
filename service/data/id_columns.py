"""Whether a column identifies rows rather than describes them, judged by its profile alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: A column of words with a larger share of different values is like an id.
ID_SHARE = 0.9
MIN_ROWS = 20


def is_like_an_id(kind: str, profile: Mapping[str, Any], rows: int) -> bool:
    """Whether nearly every row has a word of its own, or every row a whole number of a series."""
    present, distinct = rows - (profile.get("missing") or 0), profile.get("distinct") or 0
    if present < MIN_ROWS:
        return False
    if kind == "category":
        return bool(distinct > ID_SHARE * present)
    low, high = profile.get("min"), profile.get("max")
    if kind != "number" or low is None or high is None:
        return False
    return bool(distinct == present and high - low + 1 == present and float(low).is_integer())
