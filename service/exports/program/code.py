"""Writes Python: literals and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WIDTH = 116


class Code(str):
    """A piece of a program, as opposed to a text in it."""

    __slots__ = ()


def literal(value: Any) -> str:
    """A value as Python reads it back exactly."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def call(function: str, *arguments: Any, **named: Any) -> Code:
    parts = [*map(literal, arguments), *(f"{name}={literal(value)}" for name, value in named.items())]
    return Code(f"{function}({', '.join(parts)})")
