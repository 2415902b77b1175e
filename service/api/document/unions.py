"""Unions as generators read them: no default beside them, and `type` as the discriminator of their objects."""

from __future__ import annotations

import json
from typing import Any

from service.api.document.schemas import Json, in_document, members, name_of, reference, union_key, with_components


def without_structured_defaults(document: Json) -> Json:
    """Generators write a default as a literal of the field's type, which a union or an object has none of."""
    return in_document(document, with_described_default)


def with_described_default(schema: Json) -> Json:
    """A schema whose description states its default where it is no plain value of a plain type."""
    if "default" not in schema or not (union_key(schema) or "$ref" in schema or is_structure(schema["default"])):
        return schema
    rest = {key: value for key, value in schema.items() if key != "default"}
    default = f"Default: `{json.dumps(schema['default'], ensure_ascii=False)}`."
    help = schema.get("description", "")
    return {**rest, "description": f"{help}{'' if not help or help.endswith('.') else '.'} {default}".strip()}


def is_structure(value: Any) -> bool:
    return isinstance(value, list | dict)


def plain_enums(document: Json) -> Json:
    """Null beside words is another type, which generators know as a union."""
    return in_document(document, without_null)


def worded_unions(document: Json) -> Json:
    """Among the alternatives of a union, generators know a word as an enumeration of one."""
    return in_document(document, with_words)


def with_words(schema: Json) -> Json:
    key = union_key(schema)
    return schema if key is None else {**schema, key: [as_enumeration(member) for member in schema[key]]}


def as_enumeration(schema: Json) -> Json:
    if not isinstance(schema.get("const"), str):
        return schema
    rest = {key: value for key, value in schema.items() if key != "const"}
    return {"type": "string", "enum": [schema["const"]], **rest}


def without_null(schema: Json) -> Json:
    kinds = schema.get("type")
    if "enum" not in schema or not isinstance(kinds, list) or "null" not in kinds:
        return schema
    [kind] = [kind for kind in kinds if kind != "null"]
    outer: Json = {key: schema[key] for key in ("description", "default", "readOnly") if key in schema}
    words: Json = {"type": kind, "enum": [word for word in schema["enum"] if word is not None]}
    return {"anyOf": [words, {"type": "null"}], **outer}


def plain_parameters(document: Json) -> Json:
    """No argument of a query can be null: one is left out."""
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation if isinstance(operation, list) else operation.get("parameters", []):
                parameter["schema"] = never_null(parameter["schema"])
    return document


def never_null(schema: Json) -> Json:
    kept = {key: value for key, value in schema.items() if key != "default" or value is not None}
    if isinstance(kept.get("type"), list):
        [kept["type"]] = [kind for kind in kept["type"] if kind != "null"]
        if "enum" in kept:
            kept["enum"] = [word for word in kept["enum"] if word is not None]
    return kept


def discriminated(document: Json) -> Json:
    """Name the discriminator of the objects of a union, in a component of their own beside a bare name."""
    schemas: dict[str, Json] = {}
    for name, schema in document["components"]["schemas"].items():
        schemas |= with_discriminator(name, schema, document["components"]["schemas"])
    return with_components(document, schemas)


def with_discriminator(name: str, schema: Json, known: dict[str, Json]) -> dict[str, Json]:
    kinds = {
        inner: kind for member in members(schema) if (inner := name_of(member)) and (kind := kind_of(known[inner]))
    }
    others = [member for member in members(schema) if name_of(member) not in kinds]
    if len(kinds) < 2:
        return {name: schema}
    union = union_by_type(kinds)
    if not others:
        return {name: {**{key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}, **union}}
    spec = f"{name}Spec"
    return {name: {**schema, union_key(schema) or "anyOf": [*others, reference(spec)]}, spec: union}


def union_by_type(kinds: dict[str, str]) -> Json:
    """A union of components, each with the `type` that its objects have."""
    mapping = {kind: reference(inner)["$ref"] for inner, kind in kinds.items()}
    return {
        "oneOf": [reference(inner) for inner in kinds],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }


def kind_of(schema: Json) -> str | None:
    """The `type` that every object of a schema has."""
    kind: str | None = schema.get("properties", {}).get("type", {}).get("const")
    return kind if "type" in schema.get("required", ()) else None


class Choice:
    """A component that is written by a bare name or as an object with a `type`.

    An answer writes an entry without any other field by its name, and any other one as an object.
    """

    def __init__(self, names: str, spec: str, schemas: dict[str, Json]) -> None:
        self.spec = spec
        entries = {kind_of(schemas[inner]): inner for inner in map(name_of, schemas[spec]["oneOf"]) if inner}
        bare = {kind for kind, inner in entries.items() if set(schemas[inner]["properties"]) == {"type"}}
        self.words = [word for word in schemas[names]["enum"] if word in bare]
        self.objects = {str(kind): inner for kind, inner in entries.items() if kind not in bare}


def choice_of(schema: Json, schemas: dict[str, Json]) -> Choice | None:
    """Of a component that is one."""
    parts = [inner for member in members(schema) if (inner := name_of(member))]
    if len(parts) != 2 or len(members(schema)) != 2:
        return None
    names, spec = parts
    is_choice = "enum" in schemas[names] and "discriminator" in schemas[spec]
    return Choice(names, spec, schemas) if is_choice else None
