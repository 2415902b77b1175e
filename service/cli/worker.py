"""`worker`: one worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from service.cli.executor import prepare_executor
from service.cli.options import configured, data_option
from service.process import logs
from service.process.parent import follow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.config import Config
    from service.domain.jobs import Job
    from service.operations.backend import Backend
    from service.queues.dispatcher import Dispatcher
    from service.storage.base import Storage


@click.command()
@click.option("--slots", type=click.IntRange(1, 256), help="Jobs to train at the same time.  [default: 1]")
@data_option
@click.option("--parent", type=int, hidden=True, help="Stop when this process ends.")
def worker(slots: int | None, data: str | None, parent: int | None) -> None:
    """Train what is queued, until told to stop."""
    if parent:
        follow(parent)
    # Not through service.app, whose web server and engine a worker does not need.
    from service.jobs.machine_cores import machine_cores
    from service.jobs.machine_memory import machine_bytes
    from service.jobs.messages import ReportIntervals
    from service.queues.open import open_dispatcher
    from service.storage.sql.open import open_storage
    from service.worker.searching import Searching
    from service.worker.settings import WorkerSettings
    from service.worker.worker import Worker

    config = configured(slots=slots, data_dir=data)
    logs.configure("worker")
    prepare_executor(config)
    storage = open_storage(config.database_url)
    storage.check_schema()
    settings = WorkerSettings(
        slots=config.slots,
        lease_seconds=config.lease_seconds,
        sweep_seconds=config.sweep_seconds,
        grace_seconds=config.grace_seconds,
        lost_after_seconds=config.lease_seconds,
        max_crashes=config.max_crashes,
        max_job_bytes=config.max_job_bytes or machine_bytes(),
        niceness=config.job_niceness,
        job_threads=config.job_threads or max(1, machine_cores() // config.slots),
        max_snapshot_bytes=config.max_snapshot_bytes,
        max_dataset_bytes=config.max_dataset_bytes,
        audit_seconds=config.audit_days * 86_400.0 or None,
        callback_secret=config.callback_secret or None,
        callback_private=config.callback_private,
        callback_attempts=config.callback_attempts,
        mlflow_servers=config.mlflow_servers,
        intervals=ReportIntervals(checkpoint_seconds=config.checkpoint_seconds),
    )
    dispatcher = open_dispatcher(config.queue_url)
    Worker(
        storage,
        dispatcher,
        settings,
        run_due=lambda: run_due(storage, dispatcher, config),
        watch_drift=lambda: watch_drift(storage, dispatcher, config),
        searching=Searching(
            look=lambda: look_at_searches(storage, dispatcher, config),
            go_on=lambda search_id: go_on_with(search_id, storage, dispatcher, config),
        ),
        files_of=lambda job: model_files(storage, dispatcher, config, job),
    ).run()


def run_due(storage: Storage, dispatcher: Dispatcher, config: Config) -> None:
    """Run the schedules that are due. What that takes is loaded when the first one is: most workers never need it."""
    if not storage.due_schedules(limit=1):
        return
    from service.operations.schedules import runs

    runs.run_due(_backend(storage, dispatcher, config))


def look_at_searches(storage: Storage, dispatcher: Dispatcher, config: Config) -> None:
    """Move on the searches that may have something to do; what that takes is loaded as late."""
    if not storage.due_searches(limit=1):
        return
    from service.operations.searches import driver

    driver.advance_due(_backend(storage, dispatcher, config))


def go_on_with(search_id: str, storage: Storage, dispatcher: Dispatcher, config: Config) -> None:
    """Move on the search of a trial that has stopped."""
    from service.operations.searches import driver

    driver.advance(_backend(storage, dispatcher, config), search_id)


def watch_drift(storage: Storage, dispatcher: Dispatcher, config: Config) -> None:
    """Look for drift where that is due; what that takes is loaded as late."""
    if not storage.due_watches(limit=1):
        return
    from service.operations.monitoring import watch

    watch.watch_drift(_backend(storage, dispatcher, config))


def model_files(storage: Storage, dispatcher: Dispatcher, config: Config, job: Job) -> Mapping[str, bytes]:
    """Write the model that a job ended with; what that takes is loaded as late."""
    from service.operations.tracking import model_files

    return model_files.model_files(_backend(storage, dispatcher, config), job)


def _backend(storage: Storage, dispatcher: Dispatcher, config: Config) -> Backend:
    from service.limits import limits_of
    from service.operations.backend import Backend

    return Backend(storage, dispatcher, limits_of(config))
