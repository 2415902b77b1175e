"""Options that several commands share, and how options become configuration."""

from __future__ import annotations

import os
from typing import Any

import click

from service.config import PREFIX, Config

data_option = click.option("--data", metavar="DIR", help="Folder of everything that is kept.  [default: ./data]")


def configured(**options: Any) -> Config:
    """The configuration, options before environment, in the environment too: the child processes read it there."""
    os.environ.update({PREFIX + name.upper(): str(value) for name, value in options.items() if value is not None})
    return Config.from_environment()
