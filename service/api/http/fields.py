"""Fields of query strings and bodies that take one spelling only, and the base of every schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields

from service.operations.names import TEXT_PATTERN

#: Describes a field of answers in a request.
READ_ONLY = "Of an answer: ignored here."

Body = TypeVar("Body", bound=type[Schema])


class Strict(Schema):
    """A body or a query that rejects unknown fields."""

    is_optional = False  #: a request without any body has none of the fields

    class Meta:
        unknown = RAISE


class WholeNumber(fields.Integer):
    """A whole number in a query: digits, with a minus at most (Python's own reading takes `1_000` and ` 5 ` too)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,100}", value):
            raise ValidationError("must be a whole number")
        return int(value)


class Flag(fields.Boolean):
    """`true` or `false` in a query."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise ValidationError("must be true or false")
        return bool(value == "true")


class JsonFlag(fields.Boolean):
    """`true` or `false` in a JSON body, where 1 and "yes" are neither."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class Text(fields.String):
    """A text that every database can keep: no NUL in it."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": TEXT_PATTERN, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in text:
            raise ValidationError("must not hold a NUL character")
        return str(text)


class Plain(fields.Field[Any]):
    """Any JSON, handed on as it came: an operation reads it. `schema` documents it."""

    def __init__(self, schema: Mapping[str, Any], **kwargs: Any) -> None:
        self.json_schema = dict(schema)
        super().__init__(**kwargs)


class ReadOnly(Plain):
    """A field of answers that a request may repeat: it is ignored, and the answer's header says so."""

    def __init__(self) -> None:
        super().__init__({"description": READ_ONLY}, dump_only=True)


def takes_back(*answers: type[Schema]) -> Callable[[Body], Body]:
    """Decorate the schema of a request that may repeat an answer: what only these answers have is read-only in it."""

    def extended(body: Body) -> Body:
        for answer in answers:
            for name in answer._declared_fields:
                body._declared_fields.setdefault(name, ReadOnly())
        return body

    return extended


class PlainObject(fields.Dict):
    """A JSON object, its members handed on as they came. `schema` documents it."""

    def __init__(self, schema: Mapping[str, Any], **kwargs: Any) -> None:
        self.json_schema = dict(schema)
        super().__init__(**kwargs)
