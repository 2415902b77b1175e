"""Records written as their schema says, without asking each field of each record: for lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api.http.fields import Plain, PlainObject
from service.api.http.schema_docs import EngineField
from service.api.http.times import Time
from service.domain.times import rfc3339

Writer = Callable[[Any], Any]

#: Fields whose values are written as the record has them.
AS_THEY_ARE = (fields.Integer, fields.Float, fields.Boolean, Plain, PlainObject, EngineField)


def writer(schema: Schema) -> Writer:
    """A function that gives what `schema.dump` gives for a record that has all its attributes."""
    parts = [(name, _part(name, field)) for name, field in schema.dump_fields.items()]
    return lambda record: {name: write(record) for name, write in parts}


def _part(name: str, field: fields.Field[Any]) -> Writer:
    if type(field) is fields.Function and field.serialize_func is not None:
        serialize: Writer = field.serialize_func
        return serialize
    value, write = _path((field.attribute or name).split(".")), _value(field)
    if write is None:
        return lambda record: field.serialize(name, record)
    return lambda record: None if (found := value(record)) is None else write(found)


def _path(steps: list[str]) -> Writer:
    def read(record: Any) -> Any:
        for step in steps:
            record = record[step] if isinstance(record, Mapping) else getattr(record, step)
        return record

    return read


def _value(field: fields.Field[Any]) -> Writer | None:
    """How a value that is there is written; None where only the field itself knows."""
    if type(field) in AS_THEY_ARE:
        return lambda value: value
    if type(field) is fields.Dict and _are_plain(field.key_field, field.value_field):
        return dict
    if type(field) is fields.String:
        return str
    if type(field) is Time:
        return rfc3339
    if type(field) is fields.Nested:
        return writer(field.schema)
    inner = _value(field.inner) if type(field) is fields.List else None
    return None if inner is None else lambda values: [inner(value) for value in values]


def _are_plain(*parts: fields.Field[Any] | None) -> bool:
    """Whether the keys and values of a mapping are written as the record has them."""
    return all(part is None or type(part) in (*AS_THEY_ARE, fields.String) for part in parts)
