"""What requests of MLflow's REST API hold: query arguments of reads, JSON of searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import request

from service.api.http.bodies import read_body
from service.api.v2.bodies import read_object, typed
from service.operations.validation import invalid
from service.tracking.filters import FilterError

T = TypeVar("T")
#: Which runs and experiments are asked for: those that are there, or those in a bin, of which there are none.
ACTIVE, ALL, DELETED = "ACTIVE_ONLY", "ALL", "DELETED_ONLY"


def required_argument(*names: str) -> str:
    """The first of several names of one argument that is given. Raises Invalid."""
    for name in names:
        if value := request.args.get(name):
            return text(value, name)
    raise invalid(names[0], "is required")


def whole_number(name: str, most: int) -> int:
    """Of the query; `most` where it is left out. Raises Invalid."""
    given = request.args.get(name)
    if not given:
        return most
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise invalid(name, f"must be a whole number from 1 to {most:,}")
    return bounded(int(given), name, most)


def bounded(number: int, name: str, most: int) -> int:
    """MLflow's own client asks for more than a page holds, and then goes on by its token."""
    if number < 1:
        raise invalid(name, f"must be from 1, got {number}")
    return min(number, most)


def token_argument() -> str | None:
    given = request.args.get("page_token")
    return text(given, "page_token") if given else None


def read_fields() -> dict[str, Any]:
    """The body, which may be left out. Raises Invalid."""
    data = read_body()
    return read_object(data) if data else {}


def given_text(body: Mapping[str, Any], name: str) -> str | None:
    """Raises Invalid."""
    value: str | None = typed(body, name, str, "a text")
    return text(value, name) if value else None


def given_number(body: Mapping[str, Any], name: str, most: int) -> int:
    """`most` where it is left out. Raises Invalid."""
    value: int | None = typed(body, name, int, f"a whole number from 1 to {most:,}")
    return most if value is None else bounded(value, name, most)


def given_texts(body: Mapping[str, Any], name: str, most: int) -> Sequence[str]:
    """Raises Invalid."""
    values: list[Any] = typed(body, name, list, "a list of texts") or []
    if len(values) > most:
        raise invalid(name, f"must be at most {most}, got {len(values):,}")
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise invalid((name, index), "must be a text")
        text(value, name, index)
    return values


def view_type(body: Mapping[str, Any], name: str) -> str:
    """Raises Invalid."""
    value = given_text(body, name) or ACTIVE
    if value not in (ACTIVE, ALL, DELETED):
        raise invalid(name, f"must be {ACTIVE}, {DELETED} or {ALL}")
    return value


def understood(name: str, read: Callable[[], T]) -> T:
    """Raises Invalid where `read` raises FilterError."""
    try:
        return read()
    except FilterError as error:
        raise invalid(name, str(error)) from error


def text(value: str, *path: str | int) -> str:
    """What every database can compare. Raises Invalid."""
    if "\0" in value:
        raise invalid(path, "must not hold a NUL character")
    return value
