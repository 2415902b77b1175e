"""Which JSON Schemas of a new OpenAPI document break clients of the old one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


class SchemaComparison:
    """Compares schemas of two documents. Each break is one line that begins with the path of what changed."""

    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new
        self._known: dict[tuple[str, str, str], list[str]] = {}

    def of_request(self, old: Json, new: Json, path: str) -> list[str]:
        """What the old schema accepts and the new one rejects."""
        return self._compare("request", old, new, path, self._accepts)

    def of_answer(self, old: Json, new: Json, path: str) -> list[str]:
        """What the old schema promises and the new one does not. New fields and new words are no breaks."""
        return self._compare("answer", old, new, path, self._keeps)

    def _compare(self, kind: str, old: Json, new: Json, path: str, rule: Callable[..., list[str]]) -> list[str]:
        """A pair of components is compared once; inside of itself, where it holds itself, it counts as unbroken."""
        if "$ref" not in old:
            return rule(old, new, path)
        key = (kind, old["$ref"], json.dumps(new, sort_keys=True))
        if key not in self._known:
            self._known[key] = []
            self._known[key] = rule(old, new, f"{kind} {name_of(old['$ref'])}")
        return self._known[key]

    def _accepts(self, old: Json, new: Json, path: str) -> list[str]:
        found = []
        choices = list(alternatives(self._new, new))
        for before in alternatives(self._old, old):
            after = [choice for choice in choices if fits(before, choice)]
            breaks = [self._narrowed(before, choice, path) for choice in after]
            found += fewest(breaks) if breaks else [f"{path}: no longer accepts {described(before)}"]
        return found

    def _keeps(self, old: Json, new: Json, path: str) -> list[str]:
        found = []
        choices = list(alternatives(self._old, old))
        for after in alternatives(self._new, new):
            same_type = [choice for choice in choices if type_of(choice) in (type_of(after), "any")]
            before = [choice for choice in same_type if kind_of(choice) == kind_of(after)]
            breaks = [self._weakened(choice, after, path) for choice in before]
            if not same_type and not (type_of(after) == "integer" and any(map(is_number, choices))):
                found.append(f"{path}: may now be {described(after)}")
            found += fewest(breaks)
        return found

    def _narrowed(self, old: Json, new: Json, path: str) -> list[str]:
        found = [f"{path}: {text}" for text in tightened(old, new)]
        known, allowed = old.get("properties", {}), new.get("properties", {})
        closed = new.get("additionalProperties") is False
        found += [f"{path}.{name}: field is removed" for name in known if closed and name not in allowed]
        if closed and type_of(old) == "object" and old.get("additionalProperties") is not False:
            found.append(f"{path}: now rejects fields that are not listed")
        needed = [name for name in new.get("required", []) if name not in old.get("required", [])]
        found += [f"{path}.{name}: field is now required" for name in needed]
        for name, before, after in inner(old, new):
            found += self.of_request(before, after, f"{path}{name}")
        return found

    def _weakened(self, old: Json, new: Json, path: str) -> list[str]:
        known, sent = old.get("properties", {}), new.get("properties", {})
        found = [f"{path}.{name}: field is removed" for name in known if name not in sent]
        optional = [name for name in old.get("required", []) if name in sent and name not in new.get("required", [])]
        found += [f"{path}.{name}: field may now be missing" for name in optional]
        for name, before, after in inner(old, new):
            found += self.of_answer(before, after, f"{path}{name}")
        return found


def fewest(breaks: list[list[str]]) -> list[str]:
    """The breaks of the alternative that fits best."""
    return min(breaks, key=lambda lines: len(lines), default=[])


def name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def resolved(document: Json, value: Json) -> Json:
    """What a `$ref` into `#/components/{kind}/{name}` leads to."""
    while "$ref" in value:
        _, _, kind, name = value["$ref"].split("/")
        value = document["components"][kind][name]
    return value


def alternatives(document: Json, schema: Json) -> Iterator[Json]:
    """A schema as schemas of one type each: unions and lists of types are taken apart."""
    schema = resolved(document, schema)
    union = schema.get("anyOf", schema.get("oneOf"))
    if union is not None:
        for choice in union:
            yield from alternatives(document, choice)
    elif isinstance(schema.get("type"), list):
        yield from ({"type": name} if name == "null" else {**schema, "type": name} for name in schema["type"])
    else:
        yield schema


def type_of(schema: Json) -> str:
    values = words(schema)
    return schema.get("type") or (JSON_TYPES.get(type(values[0]), "null") if values else "any")


def is_number(schema: Json) -> bool:
    return type_of(schema) == "number"


def words(schema: Json) -> list[Any]:
    return schema.get("enum") or ([schema["const"]] if "const" in schema else [])


def kind_of(schema: Json) -> Any:
    """The value that tells one object of a union from another: its `type`."""
    return schema.get("properties", {}).get("type", {}).get("const")


def fits(old: Json, new: Json) -> bool:
    wider = ("any", "number") if type_of(old) == "integer" else ("any",)
    return type_of(new) in (type_of(old), *wider) and kind_of(old) == kind_of(new)


def tightened(old: Json, new: Json) -> Iterator[str]:
    """Limits of a value of one type that are new or closer than before."""
    before, after = words(old), words(new)
    if after and not before:
        yield f"accepts only {after} now"
    yield from (f"no longer accepts {word!r}" for word in before if after and word not in after)
    for key in (*LOWER_BOUNDS, *UPPER_BOUNDS):
        was, limit = old.get(key), new.get(key)
        if limit is not None and (was is None or (limit > was if key in LOWER_BOUNDS else limit < was)):
            yield f"{key} is now {limit}"
    for key in ("pattern", "uniqueItems"):
        if new.get(key) and new[key] != old.get(key):
            yield f"{key} is now {new[key]}"


def inner(old: Json, new: Json) -> Iterator[tuple[str, Json, Json]]:
    """The schemas inside that both have: fields, further fields, items."""
    known, others = old.get("properties", {}), new.get("properties", {})
    yield from ((f".{name}", known[name], others[name]) for name in known if name in others)
    for key, name in (("additionalProperties", ".*"), ("items", "[]")):
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            yield name, old[key], new[key]


def described(schema: Json) -> str:
    kind = kind_of(schema)
    return f"an object of type {kind!r}" if kind else type_of(schema)
