"""Times on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from service.domain.times import rfc3339


class Time(fields.String):
    """Seconds since 1970 in a record, RFC 3339 in an answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dump_only=True, metadata={"format": "date-time"}, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)
