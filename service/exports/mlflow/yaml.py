"""Writes YAML, of which MLflow's descriptions need little: nested names, and values as JSON writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def yaml_text(value: Mapping[str, Any]) -> str:
    """A string that JSON writes in ASCII is one of YAML too, unless it holds characters beyond 16 bits."""
    return "".join(f"{line}\n" for line in _lines(value, ""))


def _lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, item in value.items():
        if isinstance(item, Mapping):
            yield f"{indent}{name}:"
            yield from _lines(item, f"{indent}  ")
        else:
            yield f"{indent}{name}: {json.dumps(item)}"
