"""Times on the wire: RFC 3339, UTC, microseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields


def rfc3339(seconds: float) -> str:
    """Return e.g. ``2026-11-21T04:05:06.789012Z`` for seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Time(fields.String):
    """Seconds since 1970 in a record, RFC 3339 in an answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dump_only=True, metadata={"format": "date-time"}, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)
