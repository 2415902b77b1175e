"""Ask for a training: everything is checked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain import records
from service.domain.ids import new_id
from service.domain.records import NewJob, Snapshot
from service.domain.status import Status
from service.engine.fields import spec_fields
from service.engine.network import Network
from service.engine.rules import Number, Text
from service.engine.training_spec import TrainingSpec
from service.errors import Conflict, FieldError, NotFound, TooManyJobs
from service.jobs import rows
from service.jobs.options import LATEST, JobOptions, SnapshotPolicy
from service.operations.backend import Backend
from service.operations.gathering import Gathering
from service.operations.jobs import Progress
from service.operations.limits import Limits
from service.operations.models import compiled
from service.operations.training_data import TrainingData, read_training_data

MAX_SECONDS = Number(above=0, maximum=1e9)
#: Seconds after which a full queue is worth another try.
RETRY_SECONDS = 10

Wish = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What a run is to do, apart from the weights it starts from."""

    training: TrainingSpec
    snapshots: SnapshotPolicy
    data: TrainingData
    start_from: str
    max_seconds: float | None


def submit_training(backend: Backend, wish: Wish) -> Progress:
    """Queue a job. Raises Invalid, NotFound, TooManyJobs, and Conflict when the network is being deleted."""
    record = _find_network(backend, wish["network"])
    plan = read_plan(wish, record, compiled(backend, record), backend.limits)
    start = _find_start(backend, record, plan.start_from)
    with backend.storage.transaction():
        waiting = _count_waiting(backend)
        job = backend.storage.create_job(_new_job(record, plan, start))
        backend.storage.on_commit(lambda: backend.dispatcher.send(job.id))
    return Progress(job, queue_position=waiting + 1)


def read_plan(wish: Wish, record: records.Network, network: Network, limits: Limits) -> Plan:
    """Raises Invalid with everything that is wrong."""
    parts = Gathering()
    training = parts.read((), lambda: _read_training(wish, network, limits))
    snapshots = parts.read_field(wish, "snapshots", SnapshotPolicy.from_json)
    start_from = parts.read_field(wish, "start_from", Text(200).read)
    max_seconds = parts.read_field(wish, "max_seconds", MAX_SECONDS.read)
    seed = training.seed if training else 0
    data = parts.read((), lambda: read_training_data(wish, record, network, seed=seed))
    parts.finish()
    return Plan(training, snapshots or SnapshotPolicy(), data, start_from or LATEST, max_seconds)


def _read_training(wish: Wish, network: Network, limits: Limits) -> TrainingSpec:
    training = TrainingSpec.from_json(
        {item.name: wish[item.name] for item in spec_fields(TrainingSpec) if item.name in wish}
    )
    parts = Gathering()
    if training.epochs > limits.max_epochs:
        parts.refuse("epochs", f"must be at most {limits.max_epochs}, got {training.epochs}")
    parts.read((), lambda: training.check(network, validated=wish.get("validation") is not None))
    parts.finish()
    return training


def _find_network(backend: Backend, ref: str) -> records.Network:
    try:
        record = backend.storage.get_network(ref)
    except NotFound as error:
        raise NotFound(error.message, fields=[FieldError(("network",), "names no network")]) from error
    if record.deleting:
        raise Conflict(f"The network {record.name} is being deleted. Nothing new can be trained on it.")
    return record


def _find_start(backend: Backend, record: records.Network, ref: str) -> Snapshot:
    try:
        return backend.storage.find_snapshot(record.id, ref)
    except NotFound as error:
        raise NotFound(error.message, fields=[FieldError(("start_from",), "names no snapshot")]) from error


def _count_waiting(backend: Backend) -> int:
    waiting, most = backend.storage.count_jobs([Status.QUEUED]), backend.limits.max_queued_jobs
    if waiting >= most:
        message = f"{most} jobs wait already. Try again when some of them have started."
        raise TooManyJobs(message, retry_after_seconds=RETRY_SECONDS)
    return waiting


def _new_job(record: records.Network, plan: Plan, start: Snapshot) -> NewJob:
    options = JobOptions(
        training=plan.training,
        snapshots=plan.snapshots,
        start_from=plan.start_from,
        start_snapshot=start.id,
        validation=plan.data.validation_options,
        class_weights=plan.data.class_weights,
    )
    return NewJob(
        id=new_id("job"),
        network_id=record.id,
        options=options.to_json(),
        epochs=plan.training.epochs,
        rows=len(plan.data.training),
        data=rows.encode(plan.data.training, plan.data.validation),
        max_seconds=plan.max_seconds,
    )
