"""The command line. Each command imports what it needs in its function, so that a process loads only what it uses."""

from __future__ import annotations

from typing import Any

import click

from service.cli.backup import backup, restore
from service.cli.database import check, upgrade_db
from service.cli.demo import demo
from service.cli.error_text import error_text
from service.cli.keys import keys
from service.cli.openapi import openapi
from service.cli.search import search
from service.cli.serve import serve
from service.cli.worker import worker
from service.config import ConfigError
from service.demo.errors import DemoFailed
from service.errors import FeedforwardError
from service.process.errors import CannotStart
from service.process.private import keep_private
from service.queues.dispatcher import DispatchError


class Commands(click.Group):
    """Reports an error in one line, unless it is a bug of the program."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CannotStart, ConfigError, DemoFailed, DispatchError, FeedforwardError) as error:
            raise click.ClickException(error_text(error)) from None


def show_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from service.domain.release import VERSION

        click.echo(f"Feedforward {VERSION}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show it.")
def main() -> None:
    """Feedforward: train and serve neural networks over plain HTTP."""
    keep_private()


for command in (serve, worker, upgrade_db, backup, restore, check, keys, demo, search, openapi):
    main.add_command(command)
