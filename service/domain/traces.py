"""W3C Trace Context: the trace that a request is part of, as its `traceparent` header says."""

from __future__ import annotations

import re

#: Version, trace id, parent id, flags. Later versions may add more behind them, which is dropped.
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)


def read_traceparent(text: str) -> str | None:
    """The header in version 00; None where it is not valid, and must be ignored."""
    found = _TRACEPARENT.fullmatch(text)
    if found is None:
        return None
    version, trace, parent, flags, more = found.groups()
    if version == "ff" or not trace.strip("0") or not parent.strip("0") or (version == "00" and more):
        return None
    return f"00-{trace}-{parent}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The id by which a tracing system finds the trace."""
    return traceparent.split("-")[1] if traceparent else None
