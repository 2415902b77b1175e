"""Numbers that are none, told truthfully: null in their place, and their kind beside."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def kind_of(value: float) -> str | None:
    """`nan`, `+inf` or `-inf`; None for a finite number."""
    if math.isfinite(value):
        return None
    return "nan" if math.isnan(value) else "+inf" if value > 0 else "-inf"


def nonfinite(record: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Name each float of a record that is not finite, nested ones by a dotted path: ``{"metrics.rmse": "nan"}``."""
    kinds: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, float) and (kind := kind_of(value)):
            kinds[prefix + key] = kind
        elif isinstance(value, Mapping):
            kinds |= nonfinite(value, f"{prefix}{key}.")
    return kinds
