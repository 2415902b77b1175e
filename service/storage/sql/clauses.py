"""The few SQL constructs that SQLite and PostgreSQL spell differently, each in one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_KEY_ID = re.compile("key_[0-9a-f]{24}")


class now(FunctionElement[float]):
    """The database's clock: seconds since 1970, UTC, as a double. It moves on within a transaction."""

    type = sa.Double()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: SQLCompiler, **options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: SQLCompiler, **options: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


class either(FunctionElement[float]):
    """Of the two columns of a float its value, or, where that is null, its kind: what Python's float() understands."""

    type = sa.Double()
    inherit_cache = True


@compiles(either, "sqlite")
def _either_sqlite(element: either, compiler: SQLCompiler, **options: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **options)})"


@compiles(either, "postgresql")
def _either_postgresql(element: either, compiler: SQLCompiler, **options: Any) -> str:
    value, kind = (compiler.process(clause, **options) for clause in element.clauses)
    return f"coalesce({value}, CAST({kind} AS DOUBLE PRECISION))"


class _like_pattern(FunctionElement[bool]):
    """Whether a text matches a pattern in which only `*` is special, with regard to capital letters."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(_like_pattern, "sqlite")
def _like_pattern_sqlite(element: _like_pattern, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} GLOB {pattern})"


@compiles(_like_pattern, "postgresql")
def _like_pattern_postgresql(element: _like_pattern, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({text} LIKE replace(replace({pattern}, '_', '\\_'), '*', '%%'))"


class _json_at(FunctionElement[Any]):
    """What JSON has at a path, compared by its type; null where that is null or missing."""

    inherit_cache = True


@compiles(_json_at, "sqlite")
def _json_at_sqlite(element: _json_at, compiler: SQLCompiler, **options: Any) -> str:
    column, steps = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({column}, {steps})"


@compiles(_json_at, "postgresql")
def _json_at_postgresql(element: _json_at, compiler: SQLCompiler, **options: Any) -> str:
    column, steps = (compiler.process(clause, **options) for clause in element.clauses)
    path = f"CAST(string_to_array(substr({steps}, 3), '.') AS text[])"
    return f"nullif(CAST({column} AS jsonb) #> {path}, 'null'::jsonb)"


def json_at(column: sa.ColumnElement[Any], steps: Sequence[str]) -> sa.ColumnElement[Any]:
    """Steps are names of letters, digits and `_`."""
    return _json_at(column, sa.bindparam(None, ".".join(["$", *steps]), sa.Text))


def is_named(column: sa.Column[Any], patterns: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a name matches one of the patterns: of letters, digits, `_`, `-`, `.`, and `*` for any characters."""
    return sa.or_(sa.false(), *(_like_pattern(column, sa.bindparam(None, one, sa.Text)) for one in patterns))


def is_created_by(table: sa.Table, who: str) -> sa.ColumnElement[bool]:
    """Made with the key of this id, or by somebody of this name; one condition, so that one index answers it."""
    return (table.c.created_by_key if _KEY_ID.fullmatch(who) else table.c.created_by) == who


def insert_or_ignore(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """An INSERT that does nothing where the primary key is taken."""
    return _insert(connection, table).on_conflict_do_nothing(index_elements=list(table.primary_key))


def insert_or_replace(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """An INSERT that overwrites the row with the same primary key."""
    statement = _insert(connection, table)
    others = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)


def insert_or_add(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """An INSERT that adds its numbers to those of the row with the same primary key."""
    statement = _insert(connection, table)
    sums = {column.name: column + statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
