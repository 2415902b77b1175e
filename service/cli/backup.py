"""`backup` and `restore`: the SQLite database as one file, taken while the service runs, put back while it does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from service.cli.options import configured, data_option
from service.config import SQLITE, Config
from service.process.errors import CannotStart
from service.process.folder import hold


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def backup(file: Path, data: str | None) -> None:
    """Copy the SQLite database into FILE; the service may run meanwhile."""
    database = database_of(configured(data_dir=data), "pg_dump --format=custom --file=FILE")
    if not database.exists():
        raise CannotStart(f"There is no database at {database}.")
    if file.exists():
        raise CannotStart(f"{file} exists already. Choose another file, or remove it.")
    part = file.with_name(f"{file.name}.part")
    with removed_on_failure(part):
        copy(database, part)
        part.replace(file)
    click.echo(f"{file} holds all networks, jobs and data sets: {file.stat().st_size:,} bytes.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def restore(file: Path, data: str | None) -> None:
    """Put the database of FILE in the place of the present one; the service must not run meanwhile."""
    config = configured(data_dir=data)
    database = database_of(config, "pg_restore --clean --dbname=NAME FILE")
    check_backup(file)
    with hold(config.data_dir):
        part = database.with_name(f"{database.name}.part")
        with removed_on_failure(part):
            copy(file, part)
            replaced = set_aside(database)
            part.replace(database)
    kept = f" What was there before is in {replaced}." if replaced else ""
    click.echo(f"The database of {file} is in place.{kept}")


def database_of(config: Config, instead: str) -> Path:
    if not config.embedded_database:
        raise CannotStart(f"The database is PostgreSQL, which has its own programs for this: {instead}")
    return Path(config.database_url.removeprefix(SQLITE))


def copy(source: Path, target: Path) -> None:
    """By SQLite itself: whole transactions only, while other processes read and write the source."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as reading:
            with closing(sqlite3.connect(target)) as writing:
                reading.backup(writing)
                # A single file, without a separate log.
                writing.execute("PRAGMA journal_mode = DELETE")
                found = writing.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise CannotStart(f"{source} cannot be copied to {target}: {error}.") from None
    if found != "ok":
        raise CannotStart(f"{source} is damaged: {found}")


def check_backup(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise CannotStart(f"{file} is not a backup of this service: {error}.") from None
    if not {"alembic_version", "networks", "jobs"} <= tables:
        raise CannotStart(f"{file} is not a backup of this service: it lacks its tables.")


def set_aside(database: Path) -> Path | None:
    """Keep the present database, including everything in its log, under another name."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.before-restore")
    kept.unlink(missing_ok=True)
    copy(database, kept)
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    return kept


@contextmanager
def removed_on_failure(part: Path) -> Iterator[None]:
    part.unlink(missing_ok=True)
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise
