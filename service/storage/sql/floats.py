"""Floats in SQL: a nullable value next to its kind, so that NaN and the infinities survive every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from service.domain.floats import NONFINITE, kind_of

FINITE = "finite"


def pair(name: str, value: float | None) -> dict[str, Any]:
    """The two columns of one float: ``{"loss": 0.5, "loss_kind": "finite"}``."""
    if value is None:
        return {name: None, f"{name}_kind": None}
    kind = kind_of(value)
    return {name: float(value) if kind is None else None, f"{name}_kind": kind or FINITE}


def joined(value: float | None, kind: str | None) -> float | None:
    """The float of two columns, or None where there was none."""
    return value if value is not None or kind is None else NONFINITE[kind]


def floats(column: Sequence[float | str | None]) -> Sequence[float | None]:
    """A column of values, kinds in place of those that are not finite, and nulls; see `clauses.either`."""
    if set(map(type, column)) == {float}:
        return cast("Sequence[float]", column)
    return [None if value is None else float(value) for value in column]
