"""The revisions of a data set's name: which are there, and which number the next one has."""

from __future__ import annotations

import sqlalchemy as sa

from service.storage.sql.clauses import insert_or_ignore
from service.storage.sql.tables.datasets import dataset_revisions as numbers
from service.storage.sql.tables.datasets import datasets

#: What stands between a name and the number of a revision; no name holds it.
SIGN = "@"
#: No number of more digits fits the column.
MAX_DIGITS = 9

_alike = datasets.alias("alike")
_SAME_NAME = _alike.c.name == datasets.c.name

#: Of the data set in question: how many revisions its name has, and whether it is the newest of them.
REVISIONS = sa.select(sa.func.count()).where(_SAME_NAME).correlate(datasets).scalar_subquery().label("revisions")
IS_NEWEST = ~sa.exists().where(_SAME_NAME, _alike.c.revision > datasets.c.revision).correlate(datasets)


def meant_by(ref: str) -> sa.ColumnElement[bool]:
    """The revisions that a reference by name means: all of the name, or one by `name@number`."""
    name, sign, number = ref.rpartition(SIGN)
    by_name = datasets.c.name == ref
    if not sign or not (number.isascii() and number.isdigit()) or len(number) > MAX_DIGITS:
        return by_name
    return by_name | ((datasets.c.name == name) & (datasets.c.revision == int(number)))


def next_number(connection: sa.Connection, name: str) -> int:
    """The number of a new revision, which others get only if this transaction ends badly; it is never given again."""
    present = sa.select(sa.func.coalesce(sa.func.max(datasets.c.revision), 0)).where(datasets.c.name == name)
    first = {"name": name, "revision": connection.scalar(present)}
    connection.execute(insert_or_ignore(connection, numbers).values(first))
    step = sa.update(numbers).where(numbers.c.name == name).values(revision=numbers.c.revision + 1)
    return int(connection.execute(step.returning(numbers.c.revision)).scalar_one())


def first_number(connection: sa.Connection, name: str) -> int:
    """The number of a data set whose name is free: 1, unless there have been revisions of it before."""
    return next_number(connection, name) if _is_counted(connection, name) else 1


def rename(connection: sa.Connection, before: str, after: str) -> None:
    if _is_counted(connection, before):
        connection.execute(sa.delete(numbers).where(numbers.c.name == after))
        connection.execute(sa.update(numbers).where(numbers.c.name == before).values(name=after))


def _is_counted(connection: sa.Connection, name: str) -> bool:
    return connection.scalar(sa.select(numbers.c.name).where(numbers.c.name == name)) is not None
