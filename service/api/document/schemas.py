"""Walks through the schemas of an OpenAPI document, and the references between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], Json]

REF = "#/components/schemas/"
#: Where a schema holds others: by name, in a list, or one.
MAPS, LISTS, SINGLE = (
    ("properties", "patternProperties"),
    ("anyOf", "oneOf", "allOf"),
    ("items", "additionalProperties"),
)


def reference(name: str) -> Json:
    return {"$ref": REF + name}


def name_of(schema: Json) -> str | None:
    """The component that a schema refers to."""
    target = schema.get("$ref")
    return target.removeprefix(REF) if isinstance(target, str) and target.startswith(REF) else None


def union_key(schema: Json) -> str | None:
    return next((key for key in ("anyOf", "oneOf") if key in schema), None)


def members(schema: Json) -> list[Json]:
    """The alternatives of a union; none for any other schema."""
    key = union_key(schema)
    return schema[key] if key else []


def is_null(schema: Json) -> bool:
    return schema.get("type") == "null"


def children(schema: Json) -> Iterator[Json]:
    for key in MAPS:
        yield from schema.get(key, {}).values()
    for key in LISTS:
        yield from schema.get(key, ())
    yield from (schema[key] for key in SINGLE if isinstance(schema.get(key), dict))


def replaced(schema: Json, change: Change) -> Json:
    """A schema with `change` made to those directly inside it."""
    new = dict(schema)
    for key in MAPS:
        if key in schema:
            new[key] = {name: change(inner) for name, inner in schema[key].items()}
    for key in LISTS:
        if key in schema:
            new[key] = [change(inner) for inner in schema[key]]
    for key in SINGLE:
        if isinstance(schema.get(key), dict):
            new[key] = change(schema[key])
    return new


def everywhere(schema: Json, change: Change) -> Json:
    """A schema with `change` made to it and to all inside it, the innermost first."""
    return change(replaced(schema, lambda inner: everywhere(inner, change)))


def with_schemas(node: Any, change: Change) -> Any:
    """A part of a document, outside of its named schemas, with `change` made to each schema found there."""
    if isinstance(node, list):
        return [with_schemas(inner, change) for inner in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: change(inner) if key == "schema" and isinstance(inner, dict) else with_schemas(inner, change)
        for key, inner in node.items()
    }


def operations(document: Json) -> Iterator[Json]:
    """Of every path, without the arguments that those of one path share."""
    for item in document["paths"].values():
        yield from (operation for operation in item.values() if isinstance(operation, dict))


def in_operations(document: Json, change: Change) -> Json:
    """A document with `change` made to each of its operations."""
    paths = {
        path: {
            method: change(operation) if isinstance(operation, dict) else operation
            for method, operation in item.items()
        }
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


def with_components(document: Json, schemas: Mapping[str, Json]) -> Json:
    """A document with other named schemas."""
    return {**document, "components": {**document["components"], "schemas": schemas}}


def in_document(document: Json, change: Change) -> Json:
    """A document with `change` made to each of its schemas."""
    components = document["components"]
    named = {name: everywhere(schema, change) for name, schema in components["schemas"].items()}
    rest = {key: value for key, value in document.items() if key != "components"}
    others = {key: value for key, value in components.items() if key != "schemas"}

    def changed(schema: Json) -> Json:
        return everywhere(schema, change)

    return {**with_schemas(rest, changed), "components": {**with_schemas(others, changed), "schemas": named}}


def reachable(
    schemas: Mapping[str, Json], start: Iterable[str], ends: Callable[[str], bool] = lambda name: False
) -> set[str]:
    """The components that are referred to, directly or by others; not those which `ends` holds for, nor beyond."""
    found, pending = set[str](), list(start)
    while pending:
        name = pending.pop()
        if name not in found and not ends(name):
            found.add(name)
            pending += names_in(schemas[name])
    return found


def names_in(schema: Json) -> Iterator[str]:
    """The components that a schema refers to by itself."""
    if name := name_of(schema):
        yield name
    for inner in children(schema):
        yield from names_in(inner)


def names_below(node: Any) -> list[str]:
    """The components that the schemas in a part of a document refer to."""
    found: list[str] = []

    def note(schema: Json) -> Json:
        found.extend(names_in(schema))
        return schema

    with_schemas(node, note)
    return found
