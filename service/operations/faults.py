"""The engine's faults, told as faults of a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.engine.faults import EngineError
from service.errors import FieldError, Invalid, NotFound


@contextmanager
def engine_faults(*place: str | int) -> Iterator[None]:
    """Turn whatever the engine refuses inside into Invalid, every fault as a field below `place`."""
    try:
        yield
    except EngineError as error:
        raise Invalid(fields=[FieldError((*place, *fault.path), fault.message) for fault in error.faults]) from error
    except RecursionError:
        raise invalid(place, "is nested too deeply") from None


@contextmanager
def naming(noun: str, *place: str | int) -> Iterator[None]:
    """Let a NotFound say which field of the request names nothing: no `noun`."""
    try:
        yield
    except NotFound as error:
        raise NotFound(error.message, fields=[FieldError(place, f"names no {noun}")]) from error


def invalid(place: tuple[str | int, ...] | str, message: str) -> Invalid:
    """An Invalid about one field."""
    return Invalid(fields=[FieldError((place,) if isinstance(place, str) else place, message)])
