"""Ask for a training: everything is checked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain import records
from service.domain.ids import new_id
from service.domain.records import NewCallback, NewJob, Snapshot
from service.domain.status import Status
from service.engine.fields import spec_fields
from service.engine.network import Network
from service.engine.rules import Number, Text
from service.engine.training_spec import TrainingSpec
from service.errors import Conflict, TooManyJobs
from service.jobs.options import LATEST, JobOptions, SnapshotPolicy
from service.operations.backend import Backend
from service.operations.callbacks import read_callback
from service.operations.faults import naming
from service.operations.gathering import Gathering
from service.operations.jobs import Progress
from service.operations.limits import Limits
from service.operations.material import Material
from service.operations.models import compiled, kind_of
from service.operations.row_training import read_row_training
from service.operations.table_training import read_table_training
from service.operations.training_data import read_training_data

MAX_SECONDS = Number(above=0, maximum=1e9)
#: Seconds after which a full queue is worth another try.
RETRY_SECONDS = 10

Wish = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What a run is to do, apart from the weights it starts from."""

    training: TrainingSpec
    snapshots: SnapshotPolicy
    material: Material
    start_from: str
    max_seconds: float | None
    callback: NewCallback | None


def submit_training(backend: Backend, wish: Wish) -> Progress:
    """Queue a job. Raises Invalid, NotFound, TooManyJobs, and Conflict when the network is being deleted."""
    record = _find_network(backend, wish["network"])
    plan = read_plan(backend, wish, record, compiled(backend, record))
    start = _find_start(backend, record, plan.start_from)
    with backend.storage.transaction():
        waiting = _count_waiting(backend)
        job = backend.storage.create_job(_new_job(record, plan, start))
        backend.storage.on_commit(lambda: backend.dispatcher.send(job.id))
    return Progress(job, queue_position=waiting + 1)


def read_plan(backend: Backend, wish: Wish, record: records.Network, network: Network) -> Plan:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that is not there."""
    parts, limits = Gathering(), backend.limits
    training = parts.read((), lambda: _read_training(wish, record, network, limits))
    snapshots = parts.read_field(wish, "snapshots", SnapshotPolicy.from_json)
    start_from = parts.read_field(wish, "start_from", Text(200).read)
    max_seconds = parts.read_field(wish, "max_seconds", MAX_SECONDS.read)
    callback = parts.read((), lambda: read_callback(wish, limits))
    material = parts.read((), lambda: read_material(backend, wish, record, network, training or TrainingSpec()))
    parts.finish()
    return Plan(training, snapshots or SnapshotPolicy(), material, start_from or LATEST, max_seconds, callback)


def read_material(
    backend: Backend, wish: Wish, record: records.Network, network: Network, training: TrainingSpec
) -> Material:
    """The rows to train on, given inline or by a data set."""
    given = [name for name in ("data", "dataset") if wish.get(name) is not None]
    if given == ["dataset"]:
        return read_table_training(backend, wish, record, network)
    parts = Gathering()
    if len(given) != 1:
        name, says = ("dataset", "must not stand beside data") if given else ("data", "is required, or else dataset")
        parts.refuse(name, says)
    for name in ("inputs", "target") if record.table else ("inputs", "target", "sample_weight"):
        if wish.get(name) is not None:
            parts.refuse(name, "names columns of a data set, and none is given")
    parts.finish()
    if record.table is not None:
        return read_row_training(wish, record, network, training, record.table)
    return read_training_data(wish, record, network, seed=training.seed).material()


def _read_training(wish: Wish, record: records.Network, network: Network, limits: Limits) -> TrainingSpec:
    given = {item.name: wish[item.name] for item in spec_fields(TrainingSpec) if item.name in wish}
    parts = Gathering()
    # The bound of this service comes first, for whoever obeyed the engine's would be refused once more.
    if isinstance(epochs := given.get("epochs"), int) and epochs > limits.max_epochs:
        parts.refuse("epochs", f"must be at most {limits.max_epochs}, got {epochs}")
        del given["epochs"]
    training = parts.read((), lambda: TrainingSpec.from_json(given))
    if training is not None:
        spec, kind = training, kind_of(record)
        parts.read((), lambda: spec.check(network, validated=wish.get("validation") is not None, kind=kind))
    parts.finish()
    return training or TrainingSpec()


def _find_network(backend: Backend, ref: str) -> records.Network:
    with naming("network", "network"):
        record = backend.storage.get_network(ref)
    if record.deleting:
        raise Conflict(f"The network {record.name} is being deleted. Nothing new can be trained on it.")
    return record


def _find_start(backend: Backend, record: records.Network, ref: str) -> Snapshot:
    with naming("snapshot", "start_from"):
        return backend.storage.find_snapshot(record.id, ref)


def _count_waiting(backend: Backend) -> int:
    waiting, most = backend.storage.count_jobs([Status.QUEUED]), backend.limits.max_queued_jobs
    if waiting >= most:
        message = f"{most} jobs wait already. Try again when some of them have started."
        raise TooManyJobs(message, retry_after_seconds=RETRY_SECONDS)
    return waiting


def _new_job(record: records.Network, plan: Plan, start: Snapshot) -> NewJob:
    material = plan.material
    options = JobOptions(
        training=plan.training,
        snapshots=plan.snapshots,
        start_from=plan.start_from,
        start_snapshot=start.id,
        validation=material.validation,
        class_weights=material.class_weights,
        dataset=material.dataset,
        columns=material.columns,
        sample_weight=material.sample_weight,
    )
    return NewJob(
        id=new_id("job"),
        network_id=record.id,
        options=options.to_json(),
        epochs=plan.training.epochs,
        rows=material.rows,
        data=material.data,
        datasets=material.datasets,
        max_seconds=plan.max_seconds,
        callback=plan.callback,
    )
