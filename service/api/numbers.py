"""Numbers that are none, told truthfully: null in their place, and their kind beside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

#: What `nonfinite` gives, for the documentation.
NONFINITE = {
    "type": "object",
    "additionalProperties": {"enum": ["nan", "+inf", "-inf"]},
    "description": "Which numbers are null because they are nan, +inf or -inf, by path: `outputs.0.1`.",
}


def kind_of(value: float) -> str | None:
    """`nan`, `+inf` or `-inf`; None for a finite number."""
    if math.isfinite(value):
        return None
    return "nan" if math.isnan(value) else "+inf" if value > 0 else "-inf"


def nonfinite(record: Mapping[str, Any] | Sequence[Any], prefix: str = "") -> dict[str, str]:
    """Name each float that is not finite, nested ones by a dotted path: ``{"metrics.rmse": "nan", "z.0": "+inf"}``."""
    kinds: dict[str, str] = {}
    for key, value in record.items() if isinstance(record, Mapping) else enumerate(record):
        if isinstance(value, float) and (kind := kind_of(value)):
            kinds[f"{prefix}{key}"] = kind
        elif isinstance(value, Mapping | list | tuple):
            kinds |= nonfinite(value, f"{prefix}{key}.")
    return kinds
