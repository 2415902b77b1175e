"""Gives inner objects names of their own, so that generated types have names that people would choose."""

from __future__ import annotations

import json
from itertools import count

from service.api.document.schemas import (
    LISTS,
    MAPS,
    SINGLE,
    Json,
    in_operations,
    reference,
    with_components,
    with_schemas,
)

#: Words that are no plural, or that lose more than an s.
SINGULARS = {"series": "series", "classes": "class", "features": "feature", "metrics": "metric"}


def named(document: Json) -> Json:
    """Make each object within a component, and whatever has a title, a component that is referred to."""
    names = Names(document["components"]["schemas"])
    for name in list(names.schemas):
        names.schemas[name] = names.inside(names.schemas[name], name)
    return with_components(in_operations(document, names.operation), names.schemas)


class Names:
    def __init__(self, schemas: dict[str, Json]) -> None:
        self.schemas = dict(schemas)
        #: Names by the schema that they stand for.
        self.known = {written(schema): name for name, schema in reversed(schemas.items()) if is_named(schema)}

    def inside(self, schema: Json, name: str) -> Json:
        """A schema whose inner ones are named after it and the field that they are in."""
        new = dict(schema)
        for key in MAPS:
            if key in schema:
                new[key] = {field: self.of(inner, name + camel(field)) for field, inner in schema[key].items()}
        for key in LISTS:
            if key in schema:
                new[key] = [self.of(inner, name) for inner in schema[key]]
        for key in SINGLE:
            if isinstance(schema.get(key), dict):
                new[key] = self.of(schema[key], singular(name))
        return new

    def of(self, schema: Json, name: str) -> Json:
        """A reference to an object, by its title or else `name`; any other schema with its inner ones named."""
        if isinstance(schema.get("type"), list) and "object" in schema["type"] and schema.get("properties"):
            return self.nullable(schema, name)
        own = camel(schema["title"]) if "title" in schema else name
        inside = self.inside(schema, own)
        return self.keep(own, without_title(inside)) if is_named(schema) else inside

    def nullable(self, schema: Json, name: str) -> Json:
        """An object or null as a union of both."""
        bare = without_description(schema)
        return {"anyOf": [self.of({**bare, "type": "object"}, name), {"type": "null"}], **described(schema)}

    def keep(self, name: str, schema: Json) -> Json:
        """Equal schemas share the first one's name; another one of the same name gets a number."""
        key = written(schema)
        if key not in self.known:
            taken = (f"{name}{number}" for number in count(2))
            self.known[key] = (
                name if name not in self.schemas else next(one for one in taken if one not in self.schemas)
            )
            self.schemas[self.known[key]] = schema
        shared = self.known[key]
        own = described(schema)
        return {**reference(shared), **(own if own != described(self.schemas[shared]) else {})}

    def operation(self, operation: Json) -> Json:
        """The callbacks and forms of an operation have titles or none at all."""
        changed: Json = with_schemas(operation, lambda schema: self.of(schema, "") if "title" in schema else schema)
        return changed


def written(schema: Json) -> str:
    """As text, which is the same for equal schemas."""
    return json.dumps(without_description(schema), sort_keys=True)


def is_named(schema: Json) -> bool:
    return "title" in schema or (schema.get("type") == "object" and bool(schema.get("properties")))


def described(schema: Json) -> Json:
    return {key: schema[key] for key in ("description",) if key in schema}


def without_title(schema: Json) -> Json:
    """Its name says the same."""
    return {key: value for key, value in schema.items() if key != "title"}


def without_description(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key != "description"}


def camel(text: str) -> str:
    words = text.replace("-", "_").replace(" ", "_").split("_")
    return "".join(word[:1].upper() + word[1:] for word in words)


def singular(name: str) -> str:
    """`DatasetColumns` holds one `DatasetColumn` each."""
    for plural, one in SINGULARS.items():
        if name.endswith(plural.capitalize()):
            return name.removesuffix(plural.capitalize()) + one.capitalize()
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us")) else name
