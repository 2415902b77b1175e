"""Numbers that are not finite: written as null, with their kind listed under `nonfinite`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from service.domain import floats

#: What `nonfinite` gives, for the documentation.
NONFINITE = {
    "type": "object",
    "additionalProperties": {"type": "string", "enum": list(floats.NONFINITE)},
    "description": "Numbers that are null because they are nan, +inf or -inf, by path: `outputs.0.1`.",
}


def nonfinite(record: Mapping[str, Any] | Sequence[Any], prefix: str = "") -> dict[str, str]:
    """Name each float that is not finite, nested ones by a dotted path: ``{"metrics.rmse": "nan", "z.0": "+inf"}``."""
    kinds: dict[str, str] = {}
    if isinstance(record, list) and _are_finite(record):
        return kinds
    for key, value in record.items() if isinstance(record, Mapping) else enumerate(record):
        if isinstance(value, float) and (kind := floats.kind_of(value)):
            kinds[f"{prefix}{key}"] = kind
        elif isinstance(value, Mapping | list | tuple):
            kinds |= nonfinite(value, f"{prefix}{key}.")
    return kinds


def _are_finite(numbers: list[Any]) -> bool:
    """Whether a list holds finite floats alone; a quick look, for which a list of very large ones counts as mixed."""
    return set(map(type, numbers)) == {float} and math.isfinite(sum(numbers))
