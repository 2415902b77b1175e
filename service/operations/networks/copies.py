"""A network asked for as an answer describes one: its columns by `table`, the names of its inputs by `features`."""

from __future__ import annotations

from typing import Any

from service.data.preprocessing.table import TableSpec
from service.operations.networks.column_requests import takes_columns
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid, invalid_fields
from service.schema.types import Body

TABLE, FEATURES, RECIPES = "table", "features", "recipes"
INPUTS, LABELS, MEMBERS = "inputs", "labels", "members"
#: What `table` says already.
REPLACED = ("target", "dataset", "from_dataset")
REDRAWN = (
    "The layers of the original were given weights, which its first snapshot holds and this spec lacks: new ones were "
    "drawn. To copy weights, send those of GET /networks/{network}/weights to POST /networks/{network}/snapshots."
)


def as_request(body: Body) -> Body:
    """The body with names, columns and recipes in `inputs`, `target` and `members`, where requests have them.

    Raises Invalid where one of them says something else than the rest.
    """
    rest = {name: value for name, value in body.items() if name not in (TABLE, FEATURES, RECIPES)}
    if body.get(RECIPES) is not None:
        rest[MEMBERS] = _members(body)
    if body.get(TABLE) is not None:
        return _of_table(body, rest)
    if body.get(FEATURES) is not None:
        return _of_features(body, rest)
    return rest


def _members(body: Body) -> Any:
    """The recipes, whose number of members is that of the answer, or not given."""
    members, recipes = body.get(MEMBERS), body[RECIPES]
    if not isinstance(recipes, list):
        raise invalid(RECIPES, "must be a list")
    counts = [recipe.get("count", 1) for recipe in recipes if isinstance(recipe, dict)]
    if members is not None and (not all(isinstance(count, int) for count in counts) or members != sum(counts)):
        raise invalid(RECIPES, "must make as many networks as members says, which may be left out")
    return recipes


def copy_warnings(body: Body) -> tuple[str, ...]:
    return (REDRAWN,) if body.get("explicit_weights") else ()


def _of_table(body: Body, rest: dict[str, Any]) -> Body:
    with invalid_fields(TABLE):
        table = TableSpec.from_json(body[TABLE])
    parts = RequestReader()
    for name in REPLACED:
        if body.get(name) is not None:
            parts.reject(name, "must be left out with table, which has the columns")
    if body.get(INPUTS) not in (None, table.width):
        parts.reject(INPUTS, f"must be left out with table, or be {table.width}, the numbers that its columns become")
    _compare(parts, body, FEATURES, table.features)
    _compare(parts, body, LABELS, table.labels)
    parts.finish()
    written = table.to_json()
    rest.pop(LABELS, None)
    return {**rest, INPUTS: written["inputs"], "target": written["target"]}


def _compare(parts: RequestReader, body: Body, name: str, words: tuple[str, ...] | None) -> None:
    given = body.get(name)
    if given is not None and given != list(words or ()):
        parts.reject(name, "must be left out with table, or be as it says")


def _of_features(body: Body, rest: dict[str, Any]) -> Body:
    features, inputs = body[FEATURES], body.get(INPUTS)
    parts = RequestReader()
    if not isinstance(features, list):
        parts.reject(FEATURES, "must be a list of names")
    elif takes_columns(rest):
        parts.reject(FEATURES, "must be left out: inputs has the columns")
    elif inputs is not None and inputs not in (len(features), features):
        parts.reject(FEATURES, "must have a name for each of the inputs, in their order")
    parts.finish()
    return {**rest, INPUTS: features}
