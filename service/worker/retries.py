"""How long to wait before the next attempt at something that another service did not accept."""

from __future__ import annotations

import random


def pause_after(failures: int, *, first: float, longest: float) -> float:
    """In seconds: four times as long after each failure, plus or minus a half, so that many are not retried at once."""
    return round(min(first * 4.0 ** (failures - 1), longest) * random.uniform(0.5, 1.5), 3)
