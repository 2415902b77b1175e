"""`serve`: the web server, and with an embedded queue a worker too."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click

from service.access.site import WILDCARDS
from service.cli.error_text import error_text
from service.cli.executor import prepare_executor
from service.cli.options import configured, data_option
from service.config import Config, hidden_password
from service.errors import Invalid
from service.process import logs
from service.process.errors import CannotStart
from service.process.folder import clear_uploads, hold
from service.process.front.served import Served
from service.process.port import free_address
from service.process.tls import check_certificate
from service.process.worker_process import WorkerProcess

NO_KEY = (
    "Beyond this machine every request needs an API key, and there is none. "
    "Make one first: ./run keys create --name me --scopes admin"
)
#: How much longer than the grace period of its jobs a worker may take to save them and end.
EXTRA_SECONDS = 5


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 8000]")
@data_option
@click.option("--with-worker", is_flag=True, help="Also start a worker if the queue is a separate server.")
def serve(host: str | None, port: int | None, data: str | None, with_worker: bool) -> None:
    """Start the web server and, with an embedded queue, a worker."""
    config = configured(host=host, port=port, data_dir=data)
    logs.configure("serve")
    check_certificate(config)
    check_identities(config)
    prepare_executor(config)
    address = free_address(config.host, config.port)
    embedded = config.embedded_database or config.embedded_queue
    with hold(config.data_dir) if embedded else nullcontext():
        if embedded:
            clear_uploads(config.data_dir)
        prepare_database(config)
        prepare_keys(config)
        try_queue(config)
        run(config, address, with_worker=with_worker or config.embedded_queue)


def prepare_database(config: Config) -> None:
    from service.storage import migrate

    if config.embedded_database:
        migrate.upgrade(config.database_url)
    else:
        migrate.check(config.database_url)


def prepare_keys(config: Config) -> None:
    """Take over the key of a file. Raises CannotStart where everybody could reach a service that knows no key."""
    from service.access.keys import adopt_admin_key
    from service.storage.sql.open import open_storage

    storage = open_storage(config.database_url)
    try:
        if config.admin_key_file is not None:
            adopt_admin_key(storage, read_key(config.admin_key_file))
        if config.listens_beyond_this_machine and not storage.has_living_key():
            raise CannotStart(f"The service does not listen on {config.host}. {NO_KEY}")
    finally:
        storage.close()


def check_identities(config: Config) -> None:
    """Raises CannotStart where the file of users and groups cannot be used."""
    from service.access.identities import read_identities

    if config.identity_header and config.identity_file:
        try:
            read_identities(config.identity_file, config.identity_header, None)
        except Invalid as error:
            raise CannotStart(error_text(error)) from None


def sign_in_link(config: Config, host: str) -> str | None:
    """A link that signs a browser in; None where no key is needed. The token never reaches a server's log."""
    from service.access.sessions import new_token
    from service.storage.sql.open import open_storage

    storage = open_storage(config.database_url)
    try:
        if not storage.needs_keys():
            return None
        reached = "localhost" if config.listens_beyond_this_machine else host
        return f"{config.scheme}://{reached}:{config.port}/#/sign-in?token={new_token(storage)}"
    finally:
        storage.close()


def read_key(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise CannotStart(f"FEEDFORWARD_ADMIN_KEY_FILE {path} cannot be read: {error.strerror}.") from None


def try_queue(config: Config) -> None:
    """Report here what would crash a web process after its start. A queue that is away is no error."""
    from service.queues.open import open_dispatcher

    if not config.embedded_queue:
        open_dispatcher(config.queue_url).close()


def run(config: Config, address: str, *, with_worker: bool) -> None:
    from service.process.web import serve as serve_web

    make_companion = partial(WorkerProcess, stop_within_seconds=config.grace_seconds + EXTRA_SECONDS)
    serve_web(config, address, make_served, make_companion if with_worker else None, on_ready=lambda: announce(config))


def make_served() -> Served:
    from service.app import serve_app

    return serve_app(Config.from_environment())


def announce(config: Config) -> None:
    host = f"[{config.host}]" if ":" in config.host else config.host
    kept = config.data_dir if config.embedded_database else hidden_password(config.database_url)
    address = f"{config.scheme}://{host}:{config.port}"
    click.echo(f"Feedforward is ready at {address}, and keeps everything in {kept}. Ctrl-C stops it.")
    if sys.stdout.isatty() and (link := sign_in_link(config, host)):
        click.echo(f"Sign in once within ten minutes: {link}")
    if config.host in WILDCARDS:
        names = ", ".join(["localhost and loopback addresses", *sorted(config.allowed_hosts)])
        click.echo(f"It answers to these names: {names}. FEEDFORWARD_ALLOWED_HOSTS adds others.")
