"""Floats that are no numbers, by name: JSON has none for them, and databases differ."""

from __future__ import annotations

import math

NONFINITE = {"nan": math.nan, "+inf": math.inf, "-inf": -math.inf}


def kind_of(value: float) -> str | None:
    """One of nan, +inf, -inf; None for a finite number."""
    if math.isfinite(value):
        return None
    return "nan" if math.isnan(value) else "+inf" if value > 0 else "-inf"
