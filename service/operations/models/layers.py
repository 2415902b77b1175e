"""The layers of a spec as it was written, nested ones too, whether or not the spec makes sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.engine.recipes import MAX_MEMBERS


def count_all_layers(spec: Mapping[str, Any]) -> int:
    """Those of all members."""
    layers, members = spec.get("layers"), spec.get("members", 1)
    if not isinstance(members, list | tuple):
        return count_layers(layers) * _count(members)
    recipes = [recipe for recipe in members[:MAX_MEMBERS] if isinstance(recipe, Mapping)]
    return sum(count_layers(recipe.get("layers") or layers) * _count(recipe.get("count")) for recipe in recipes)


def _count(given: Any) -> int:
    """At least 1, whatever was given: the engine rejects what is no number of members."""
    return given if isinstance(given, int) and 0 < given <= MAX_MEMBERS else 1


def count_layers(layers: Any) -> int:
    return sum(1 for _ in walk_layers(layers))


def walk_layers(layers: Any) -> Iterator[Mapping[str, Any]]:
    """Each layer, however deep."""
    waiting = list(layers) if isinstance(layers, list | tuple) else []
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, Mapping):
            yield layer
            inner = layer.get("layers")
            waiting += inner if isinstance(inner, list | tuple) else ()
