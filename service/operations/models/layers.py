"""The layers of a spec as it was written, nested ones too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def count_layers(layers: Any) -> int:
    return sum(1 for _ in walk_layers(layers))


def walk_layers(layers: Any) -> Iterator[Mapping[str, Any]]:
    """Each layer, whether or not it makes sense, however deep."""
    waiting = list(layers) if isinstance(layers, list | tuple) else []
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, Mapping):
            yield layer
            inner = layer.get("layers")
            waiting += inner if isinstance(inner, list | tuple) else ()
