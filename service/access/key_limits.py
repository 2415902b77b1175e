"""The limits that a key is given: read, and held below those of the key that creates it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from service.domain.access import Caller
from service.domain.key_limits import BUCKETS, COUNTS, MAX_COUNT, KeyLimits, read_rate
from service.errors import FieldError, Invalid


def limit_issues(limits: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with limits by name."""
    for name, value in limits.items():
        if name in COUNTS:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT:
                yield FieldError(("limits", name), f"must be a whole number from 0 (no limit) to {MAX_COUNT}")
        elif name not in BUCKETS:
            yield FieldError(("limits", name), f"is no limit: use {', '.join((*BUCKETS, *COUNTS))}")
        elif (issue := _rate_issue(value)) is not None:
            yield FieldError(("limits", name), issue)


def _rate_issue(value: Any) -> str | None:
    try:
        read_rate(value if isinstance(value, str) else "")
    except ValueError as error:
        return str(error)
    return None


def limits_within(caller: Caller, wanted: KeyLimits, defaults: KeyLimits) -> KeyLimits:
    """The limits of a key that a caller makes: where nothing is wanted, the caller's own. Raises Invalid."""
    limits, own = wanted.over(caller.limits), caller.limits.over(defaults)
    if caller.key_id is None and caller.user is None:  # on this machine
        return limits
    if higher := limits.over(defaults).beyond(own):
        most = asdict(own)
        raise Invalid(
            fields=[
                FieldError(("limits", name), f"must not be higher than {most[name]}, the limit of who makes the key")
                for name in higher
            ]
        )
    return limits
