"""Where a table has what is wrong with some of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.data.splits import Indexes
from service.schema.validation import DataError, Path, ValidationIssue


@contextmanager
def in_table_rows(rows: Indexes, *front: str) -> Iterator[None]:
    """Give the errors of these rows the paths that they have in their table, which is at `front`."""

    def place(path: Path) -> Path:
        return (*front, int(rows[path[0]]), *path[1:]) if path and isinstance(path[0], int) else (*front, *path)

    try:
        yield
    except DataError as error:
        raise DataError(ValidationIssue(place(issue.path), issue.message) for issue in error.issues) from error


@contextmanager
def without_row() -> Iterator[None]:
    """Leave the row out of the paths of errors, where there is only one."""
    try:
        yield
    except DataError as error:
        raise DataError(ValidationIssue(issue.path[1:], issue.message) for issue in error.issues) from error
