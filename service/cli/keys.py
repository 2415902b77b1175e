"""`keys`: make, list, rotate and revoke API keys on the machine that has the database."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from service.cli.options import configured, data_option
from service.config import Config
from service.domain.access import ANYBODY, Key
from service.domain.key_limits import COUNTS
from service.domain.paging import Page
from service.domain.times import rfc3339
from service.errors import StorageError
from service.storage.base import Storage

UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}
#: Read from the database at once.
LISTED = 1000


class Duration(click.ParamType[int]):
    """`90d`, `12h` or `30m`, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"([1-9][0-9]{0,6})([mhd])", str(value))
        if found is None:
            self.fail("must be a whole number with m, h or d behind it, such as 90d", param, ctx)
        return int(found[1]) * UNITS[found[2]]


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke API keys."""


@keys.command()
@click.option("--name", required=True, help="What you call it.")
@click.option("--scopes", required=True, help="Some of read, predict, train, manage, admin, separated by commas.")
@click.option("--networks", help="Patterns of names, such as 'churn-*', separated by commas.  [default: all]")
@click.option(
    "--limit", "limits", multiple=True, help="A limit, such as predict=100/second or queued_jobs=50; may be repeated."
)
@click.option("--expires", type=Duration(), help="After how long it ends, such as 90d.  [default: never]")
@data_option
def create(
    name: str, scopes: str, networks: str | None, limits: Sequence[str], expires: int | None, data: str | None
) -> None:
    """Make a key, and print it alone on the last line: nobody can read it again."""
    from service.access.command_line import record
    from service.access.keys import create_key

    wanted = {
        "name": name,
        "scopes": split(scopes),
        "networks": None if networks is None else split(networks),
        "expires_in_seconds": expires,
        "limits": dict(named_limit(text) for text in limits),
    }
    with opened(data) as storage, storage.transaction():
        key, secret = create_key(storage, ANYBODY, wanted)
        record(storage, "createKey", f"keys/{key.id}", 201)
    click.echo(f"Made {described(key)}. Keep what follows: it cannot be shown again.")
    click.echo(secret)


@keys.command("list")
@data_option
def list_keys(data: str | None) -> None:
    """List every key, newest first."""
    with opened(data) as storage:
        page = Page(limit=LISTED)
        while found := storage.list_keys(page):
            for key in found:
                click.echo(f"{key.id}  {described(key)}")
            page = Page(limit=LISTED, after=found[-1].id)


@keys.command()
@click.argument("key_id")
@click.option("--keep-made", is_flag=True, help="Leave the keys that it has made.")
@data_option
def revoke(key_id: str, keep_made: bool, data: str | None) -> None:
    """Revoke a key, and those it has made. A running service stops taking it within ten seconds."""
    from service.access.command_line import record

    with opened(data) as storage, storage.transaction():
        for key in storage.revoke_key(key_id, with_made=not keep_made):
            record(storage, "revokeKey", f"keys/{key.id}", 204)
            click.echo(f"Revoked {described(key)}.")


@keys.command()
@click.argument("key_id")
@click.option("--overlap", type=Duration(), default=0, help="How long the old key goes on, such as 1d.  [default: 0]")
@data_option
def rotate(key_id: str, overlap: int, data: str | None) -> None:
    """Make a key with the rights of another one, and print it alone on the last line."""
    from service.access.command_line import record
    from service.access.keys import rotate_key

    with opened(data) as storage, storage.transaction():
        key, secret = rotate_key(storage, key_id, overlap_seconds=overlap)
        record(storage, "rotateKey", f"keys/{key.id}", 201)
    click.echo(f"Made {described(key)}. Keep what follows: it cannot be shown again.")
    click.echo(secret)


@keys.command()
def generate() -> None:
    """Print a new key that is stored nowhere, for FEEDFORWARD_ADMIN_KEY_FILE."""
    from service.access.secrets import new_secret

    click.echo(new_secret())


@keys.command("open")
@data_option
def open_service(data: str | None) -> None:
    """Let this machine call without a key again, until the next one is made. Keys stay valid.

    A service that listens beyond this machine goes on asking for one.
    """
    from service.access.command_line import record

    with opened(data) as storage, storage.transaction():
        storage.open_without_keys()
        record(storage, "openWithoutKeys", None, 200)
    click.echo("No key is needed now where the service listens on a loopback address alone.")


def named_limit(text: str) -> tuple[str, str | int]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"must be a name and a limit, such as predict=100/second, got {text!r}")
    return name, int(value) if name in COUNTS and value.isascii() and value.isdecimal() else value


def split(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]


def described(key: Key) -> str:
    parts = [f'"{key.name}" {key.hint}', f"scopes {', '.join(key.scopes)}"]
    if key.networks is not None:
        parts.append(f"networks {', '.join(key.networks)}")
    parts += [f"{name} {value}" for name, value in key.limits.given().items()]
    parts += [f"{word} {rfc3339(moment)}" for word, moment in moments(key) if moment is not None]
    return "; ".join(parts)


def moments(key: Key) -> Iterator[tuple[str, float | None]]:
    yield "last used", key.last_used_at
    if key.revoked_at is not None:
        yield "revoked", key.revoked_at
    elif key.expires_at is not None:
        yield "expires" if key.is_alive(time.time()) else "expired", key.expires_at


@contextmanager
def opened(data: str | None) -> Iterator[Storage]:
    """The configured storage; an SQLite file that was never used gets its tables first."""
    from service.storage.sql.open import open_storage

    config = configured(data_dir=data)
    prepare(config)
    storage = open_storage(config.database_url)
    try:
        yield storage
    finally:
        storage.close()


def prepare(config: Config) -> None:
    from service.process.folder import hold
    from service.storage import migrate

    if not config.embedded_database:
        migrate.check(config.database_url)
        return
    config.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        migrate.check(config.database_url)
    except StorageError:
        with hold(config.data_dir):
            migrate.upgrade(config.database_url)
