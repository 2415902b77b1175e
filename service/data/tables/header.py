"""The names of a table's columns."""

from __future__ import annotations

from collections.abc import Sequence

from service.data.tables.errors import TableError, TableIssue, reject
from service.data.tables.limits import MAX_COLUMNS

MAX_NAME = 1000


def check_header(names: Sequence[str], *, line: int | None = None) -> None:
    """Raises TableError: every column needs a name of its own."""
    check_width(len(names))
    issues = []
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        first = places.setdefault(name, place)
        if not name.strip():
            issues.append(TableIssue(f"column {place} has no name", line=line))
        elif first < place:
            issues.append(TableIssue(f"column {place} is called like column {first}", line=line, text=name))
        elif len(name) > MAX_NAME or "\0" in name:
            issues.append(TableIssue(f"column {place} has a name of more than {MAX_NAME} characters, or NUL in it"))
    if not names:
        issues.append(TableIssue("has no columns"))
    if issues:
        raise TableError(issues[:20])


def check_width(columns: int) -> None:
    """Raises TableError. Readers ask while they read, so that no file has more columns built than are allowed."""
    if columns > MAX_COLUMNS:
        raise reject(f"has {columns:,} columns; at most {MAX_COLUMNS:,} can be taken")


def made_names(count: int) -> list[str]:
    """For columns that nobody has named."""
    return [f"column_{place}" for place in range(1, count + 1)]
