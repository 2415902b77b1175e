"""Times as the world reads them: in UTC, with microseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds_of(text: str) -> float:
    """Seconds since 1970 for RFC 3339, such as ``2026-11-21T04:05:06Z``. Raises ValueError."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time zone is missing")
    return time.timestamp()


def rfc3339(seconds: float) -> str:
    """Return e.g. ``2026-11-21T04:05:06.789012Z`` for seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def utc_text(seconds: float) -> str:
    """Return e.g. ``2026-11-21 04:05:06.789012``, as MLflow writes the time of a model."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
