"""Times on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from service.domain.times import rfc3339, seconds_of


class Time(fields.String):
    """Seconds since 1970 in a record, RFC 3339 in an answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dump_only=True, metadata={"format": "date-time"}, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)


class Moment(fields.String):
    """RFC 3339 in a request, seconds since 1970 for the view."""

    def __init__(self, *, metadata: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(metadata={"format": "date-time", **metadata}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return seconds_of(super()._deserialize(value, attr, data, **kwargs))
        except ValueError:
            raise ValidationError("must be a time with a zone, such as 2026-11-21T04:05:06Z") from None
