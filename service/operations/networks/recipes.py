"""The members of a requested ensemble whose recipes differ: which inputs of a table each of them reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from service.data.preprocessing.number import NumberColumn
from service.data.preprocessing.table import TableSpec
from service.engine.layers.table import LAYERS
from service.engine.recipes import NUMBER, PIECEWISE
from service.errors import FieldError

ENCODE = "encode"


def table_issues(members: Any) -> Iterator[FieldError]:
    """What only the members of a network for a table may have."""
    for place, recipe in _recipes(members):
        if recipe.get(ENCODE) is not None:
            yield FieldError(("members", place, ENCODE), "needs a network for the columns of a table")


def count_of(members: Any) -> int:
    """How many members are asked for; at least 1, whatever is wrong with the request."""
    if isinstance(members, list):
        counts = (recipe.get("count", 1) for _, recipe in _recipes(members))
        return max(1, sum(count for count in counts if isinstance(count, int)))
    return max(1, members) if isinstance(members, int) else 1


def wants_bins(members: Any) -> bool:
    """Whether a recipe reads number columns piecewise, so that the table has to encode them so."""
    return any(recipe.get(ENCODE) == PIECEWISE for _, recipe in _recipes(members))


def completed(members: Any, table: TableSpec, opened: Collection[str]) -> Any:
    """Members with the inputs that they read; `opened` are the columns whose encoding only recipes decide."""
    if not isinstance(members, list):
        return members
    return [_completed(recipe, table, opened) if isinstance(recipe, Mapping) else recipe for recipe in members]


def _completed(recipe: Mapping[str, Any], table: TableSpec, opened: Collection[str]) -> dict[str, Any]:
    layers, done = recipe.get("layers"), dict(recipe)
    if table.embedding is not None and isinstance(layers, list) and not begins_with_embedding(layers):
        done["layers"] = [LAYERS.write(table.embedding), *layers]
    encode = recipe.get(ENCODE)
    if encode is None and recipe.get("inputs") is not None:
        return done
    if encode not in (None, NUMBER, PIECEWISE):
        return done  # which the engine rejects
    left_out = {
        index
        for name, column in table.columns.items()
        if isinstance(column, NumberColumn) and (encode == NUMBER or (encode is None and name in opened))
        for index in range(table.groups[name].start + 1, table.groups[name].start + 1 + column.bin_count)
    }
    done["inputs"] = [index for index in range(table.width) if index not in left_out] if left_out else None
    return done


def shifts_of(members: Any, table: TableSpec) -> Mapping[int, int]:
    """Of recipes with layers of their own, how many of the first ones are not the user's."""
    layers = ((place, recipe.get("layers")) for place, recipe in _recipes(members))
    is_embedded = table.embedding is not None
    return {
        place: int(is_embedded and not begins_with_embedding(own)) for place, own in layers if isinstance(own, list)
    }


def begins_with_embedding(layers: Sequence[Any]) -> bool:
    return bool(layers) and isinstance(layers[0], Mapping) and layers[0].get("type") == "embedding"


def _recipes(members: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if isinstance(members, list):
        yield from ((place, recipe) for place, recipe in enumerate(members) if isinstance(recipe, Mapping))
