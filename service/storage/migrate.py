"""Migrations as three verbs. Alembic makes every table, in tests too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.errors import StorageError
from service.storage.sql.database_errors import errors_as_ours
from service.storage.sql.engine import WRITES, make_engine
from service.storage.sql.tables.all_tables import metadata

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
#: Any number does that no other program takes: it keeps two upgrades of one PostgreSQL database apart.
_ADVISORY_LOCK = 0x_FEED_F0_3A_4D


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a newer schema, by default the newest, in one transaction; harmless when it has it."""
    with _migrating(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to an older schema, or to ``base``, where nothing is left."""
    with _migrating(url) as config:
        command.downgrade(config, revision)


def check(url: str) -> None:
    """Raise StorageError, saying what to do, unless the database has the newest schema and exactly our tables."""
    engine = make_engine(url)
    try:
        with errors_as_ours(), engine.connect() as connection:
            _check(connection)
    finally:
        engine.dispose()


def check_revision(connection: sa.Connection) -> None:
    """Raise StorageError, saying what to do, unless the last migration applied is the newest there is."""
    present = _revision(connection)
    _reject_unknown(present)
    if present != _head():
        raise StorageError(f"The database has schema {present}, the service needs {_head()}. Run upgrade-db.")


def _reject_unknown(revision: str | None) -> None:
    if revision is not None and revision not in _known():
        raise StorageError(
            f"The database has schema {revision}, which this version does not know: a newer one has upgraded it. "
            "Use the newer version, or restore the backup from before the upgrade."
        )


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check(connection: sa.Connection) -> None:
    check_revision(connection)
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    differences = compare_metadata(context, metadata)
    if differences:
        raise StorageError(f"The database differs from schema {_head()} in {len(differences)} places: {differences}")


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions())


@cache
def _head() -> str | None:
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    """Alembic's configuration over one writing transaction, which no second migration can enter meanwhile."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = make_engine(url, foreign_keys=False)
    try:
        with errors_as_ours(), engine.execution_options(**{WRITES: True}).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            config.attributes["connection"] = connection
            before = _revision(connection)
            _reject_unknown(before)
            yield config
            # The check reads every row, so a start that changes nothing does without it.
            if _revision(connection) != before:
                _reject_orphans(connection)
    finally:
        engine.dispose()


def _reject_orphans(connection: sa.Connection) -> None:
    """SQLite's foreign keys are off while tables are rebuilt; check afterwards that all of them hold."""
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StorageError("A migration would leave rows that refer to nothing. Nothing was changed.")
