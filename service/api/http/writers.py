"""Records written as their schema says, without asking each field of each record: for lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import attrgetter, itemgetter
from typing import Any

from marshmallow import Schema, fields

from service.api.http.fields import Plain, PlainObject
from service.api.http.schema_docs import EngineField
from service.api.http.times import Time
from service.domain.times import rfc3339

Writer = Callable[[Any], Any]
#: The names that lead from a record to one of its values.
Path = tuple[str, ...]

#: Fields whose values are written as the record has them.
AS_THEY_ARE = (fields.Integer, fields.Float, fields.Boolean, Plain, PlainObject, EngineField)


def writer(schema: Schema) -> Writer:
    """A function that gives what `schema.dump` gives for a record that has all its attributes.

    The first record shows which parts are objects and which are mappings; further records have the same parts.
    """
    writers: list[Writer] = []

    def write(record: Any) -> Any:
        if not writers:
            writers.append(_writer_for(schema, record))
        return writers[0](record)

    return write


def _writer_for(schema: Schema, first: Any) -> Writer:
    found = schema.dump_fields
    plain = {name: how for name, field in found.items() if (how := _value(field)) is not None}
    paths = {name: tuple((found[name].attribute or name).split(".")) for name in plain}
    groups = [_reader(parent, names) for parent, names in _by_parent(paths, first).items()]
    changes = [(name, how) for name, how in plain.items() if how is not _same]
    others = [(name, _computed(name, field)) for name, field in found.items() if name not in plain]
    empty = dict.fromkeys(found)  # in the schema's order

    def write(record: Any) -> Any:
        item = empty.copy()
        for names, read in groups:
            item.update(zip(names, read(record), strict=True))
        for name, change in changes:
            if (value := item[name]) is not None:
                item[name] = change(value)
        for name, compute in others:
            item[name] = compute(record)
        return item

    return write


def _by_parent(paths: Mapping[str, Path], first: Any) -> Mapping[Path | None, Mapping[str, str]]:
    """By the mapping that values are in, or None for attributes: the key or the dotted attribute of each name."""
    groups: dict[Path | None, dict[str, str]] = {}
    for name, path in paths.items():
        parent = path[:-1] if isinstance(_at(first, path[:-1]), Mapping) else None
        groups.setdefault(parent, {})[name] = ".".join(path) if parent is None else path[-1]
    return groups


def _at(record: Any, path: Path) -> Any:
    return reduce(getattr, path, record)


def _reader(parent: Path | None, keys: Mapping[str, str]) -> tuple[Sequence[str], Callable[[Any], Iterable[Any]]]:
    """The names, and a function that brings all their values at once."""
    get: Any = attrgetter(*keys.values()) if parent is None else itemgetter(*keys.values())
    read = get if len(keys) > 1 else lambda record: (get(record),)
    if not parent:
        return list(keys), read
    return list(keys), lambda record: read(_at(record, parent))


def _value(field: fields.Field[Any]) -> Writer | None:
    """How a value that is there is written; None where only the field itself knows."""
    if type(field) in AS_THEY_ARE:
        return _same
    if type(field) is fields.Dict and _are_plain(field.key_field, field.value_field):
        return dict
    if type(field) is fields.String:
        return str
    if type(field) is Time:
        return rfc3339
    if type(field) is fields.Nested:
        return writer(field.schema)
    inner = _value(field.inner) if type(field) is fields.List else None
    if inner is None:
        return None
    return list if inner is _same else lambda values: [inner(value) for value in values]


def _computed(name: str, field: fields.Field[Any]) -> Writer:
    if type(field) is fields.Function and field.serialize_func is not None:
        serialize: Writer = field.serialize_func
        return serialize
    return lambda record: field.serialize(name, record)


def _same(value: Any) -> Any:
    return value


def _are_plain(*parts: fields.Field[Any] | None) -> bool:
    """Whether the keys and values of a mapping are written as the record has them."""
    return all(part is None or type(part) in (*AS_THEY_ARE, fields.String) for part in parts)
