"""What inputs and outputs without names are called, wherever each is a column of its own."""

from __future__ import annotations


def numbered(stem: str, count: int) -> list[str]:
    """`output_1`, `output_2`, …: from 1, as people count the columns of a table."""
    return [f"{stem}_{number}" for number in range(1, count + 1)]
