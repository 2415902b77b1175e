"""Report validation errors as invalid fields of a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import FieldError, Invalid, NotFound
from service.schema.validation import ValidationError


@contextmanager
def invalid_fields(*path: str | int) -> Iterator[None]:
    """Turn a ValidationError raised inside into Invalid, each issue as a field below `path`."""
    try:
        yield
    except ValidationError as error:
        raise Invalid(fields=[FieldError((*path, *issue.path), issue.message) for issue in error.issues]) from error
    except RecursionError:
        raise invalid(path, "is nested too deeply") from None


@contextmanager
def naming(noun: str, *path: str | int) -> Iterator[None]:
    """Let a NotFound name the field of the request that refers to no `noun`."""
    try:
        yield
    except NotFound as error:
        raise NotFound(error.message, fields=[FieldError(path, f"names no {noun}")]) from error


def invalid(path: tuple[str | int, ...] | str, message: str) -> Invalid:
    """An Invalid about one field."""
    return Invalid(fields=[FieldError((path,) if isinstance(path, str) else path, message)])


@contextmanager
def below(*path: str | int) -> Iterator[None]:
    """Let an Invalid or a NotFound raised inside name its fields below `path`."""
    try:
        yield
    except (Invalid, NotFound) as error:
        fields = [FieldError((*path, *issue.path), issue.message) for issue in error.fields]
        raise (Invalid if isinstance(error, Invalid) else NotFound)(error.message, fields=fields) from error
