"""`worker`: one worker process."""

from __future__ import annotations

import click

from service.cli.options import configured, data_option
from service.process import logs
from service.process.parent import follow


@click.command()
@click.option("--slots", type=click.IntRange(1, 256), help="Jobs to train at the same time.  [default: 1]")
@data_option
@click.option("--parent", type=int, hidden=True, help="Stop when this process ends.")
def worker(slots: int | None, data: str | None, parent: int | None) -> None:
    """Train what is queued, until told to stop."""
    if parent:
        follow(parent)
    # Not by way of service.app, whose web server and engine a worker has no use for.
    from service.jobs.huey_dispatcher import HueyDispatcher
    from service.storage.sql.open import open_storage
    from service.worker.settings import WorkerSettings
    from service.worker.worker import Worker

    config = configured(slots=slots, data_dir=data)
    logs.configure("worker")
    storage = open_storage(config.database_url)
    storage.check_schema()
    settings = WorkerSettings(
        slots=config.slots,
        lease_seconds=config.lease_seconds,
        sweep_seconds=config.sweep_seconds,
        grace_seconds=config.grace_seconds,
        max_crashes=config.max_crashes,
    )
    Worker(storage, HueyDispatcher(config.queue_url), settings).run()
