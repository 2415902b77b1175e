"""`upgrade-db` and `check`: bring the tables up to date, and check that everything is in order."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import click

from service.cli.error_text import error_text
from service.cli.executor import calls_left_to_python, describe_executor
from service.cli.options import configured, data_option
from service.config import hidden_password
from service.process.checks import run_checks
from service.process.folder import hold


@click.command("upgrade-db")
@data_option
def upgrade_db(data: str | None) -> None:
    """Bring the database's tables up to date."""
    from service.storage import migrate

    config = configured(data_dir=data)
    with hold(config.data_dir) if config.embedded_database else nullcontext():
        migrate.upgrade(config.database_url)
    click.echo(f"The database {hidden_password(config.database_url)} is up to date.")


@click.command()
@data_option
@click.option("--verbose", is_flag=True, help="Also list the calls that the native executor leaves to Python.")
def check(data: str | None, verbose: bool) -> None:
    """Say whether configuration, database and queue are in order."""
    from service.queues.open import open_dispatcher
    from service.storage import migrate
    from service.storage.sql.open import open_storage

    config = configured(data_dir=data)

    def settings() -> str:
        return f"listens on {config.host}:{config.port}, {config.slots} jobs at a time"

    def database() -> str:
        open_storage(config.database_url).ping()
        return hidden_password(config.database_url)

    def tables() -> str:
        migrate.check(config.database_url)
        return "those of this version"

    def queue() -> str:
        return f"{hidden_password(config.queue_url)}, {open_dispatcher(config.queue_url).depth()} waiting"

    def executor() -> str:
        return describe_executor(config)

    checks = {"configuration": settings, "database": database, "tables": tables, "queue": queue, "executor": executor}
    passed = run_checks(checks, click.echo, error_text)
    if verbose:
        for line in calls_left_to_python():
            click.echo(f"      left to Python: {line}")
    if not passed:
        sys.exit(1)
