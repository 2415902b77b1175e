"""How the rows that trained a snapshot are distributed: what was kept with it, or else found again where they are."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from service.domain.networks import Network
from service.domain.snapshots import Snapshot
from service.domain.types import Json
from service.errors import Conflict, NotFound
from service.jobs.division import TRAINING
from service.jobs.reference import MAX_ROWS, describe_with, drawn, number_columns, table_columns
from service.operations.backend import Backend
from service.operations.datasets.read_columns import MAX_CELLS
from service.operations.jobs.job_rows import source_of
from service.operations.models.models import compiled, record_signature, with_own_threshold
from service.schema.validation import DataError

INITIAL = "These are initial weights, which no rows have trained."
IMPORTED = (
    "These weights were imported, and no training of this network has ended with the same ones: nobody here knows the "
    "rows that trained them."
)
JOB_DELETED = "The job that trained these weights has been deleted, and with it which rows it was trained on."
SNAPSHOT_DELETED = "The snapshot that gave these answers has been deleted."


class ReferenceSource(StrEnum):
    SNAPSHOT = "snapshot"  #: kept with the snapshot when it was trained
    SAME_WEIGHTS = "same_weights"  #: kept with another snapshot that has the same weights
    TRAINING_ROWS = "training_rows"  #: computed later, from the rows of its job


class Reference(NamedTuple):
    """`snapshot_id` is the snapshot that it was kept with, or computed for. Without `value`, `reason` says why."""

    value: Json | None
    source: ReferenceSource | None = None
    snapshot_id: str | None = None
    reason: str | None = None


def reference_of(backend: Backend, record: Network, snapshot_id: str) -> Reference:
    """One that is computed is kept from then on."""
    try:
        snapshot = backend.storage.find_snapshot(record.id, snapshot_id)
    except NotFound:
        return Reference(None, reason=SNAPSHOT_DELETED)
    if (own := backend.storage.read_reference(snapshot.id)) is not None:
        source = ReferenceSource.TRAINING_ROWS if own.get("computed") else ReferenceSource.SNAPSHOT
        return Reference(own, source, snapshot.id)
    same = [snapshot, *_with_same_weights(backend, snapshot)]
    for one in same[1:]:
        if (kept := backend.storage.read_reference(one.id)) is not None:
            return Reference(kept, ReferenceSource.SAME_WEIGHTS, one.id)
    trained = next((one for one in same if one.job_id is not None), None)
    if trained is None:
        return Reference(None, reason=_reason(snapshot))
    return _computed(backend, record, trained)


def _with_same_weights(backend: Backend, snapshot: Snapshot) -> list[Snapshot]:
    found = backend.storage.same_weights(snapshot.network_id, snapshot.sha256)
    wanted = _told(snapshot)
    return [one for one in found if one.id != snapshot.id and _told(one) == wanted]


def _told(snapshot: Snapshot) -> tuple[Json | None, float, float | None]:
    """What answers depend on, besides weights."""
    return snapshot.preprocessing, snapshot.temperature, (snapshot.threshold or {}).get("value")


def _reason(snapshot: Snapshot) -> str:
    return {"initial": INITIAL, "imported": IMPORTED}.get(snapshot.kind, JOB_DELETED)


def _computed(backend: Backend, record: Network, snapshot: Snapshot) -> Reference:
    try:
        value = _describe(backend, record, snapshot)
    except NotFound as error:
        return Reference(None, reason=f"The rows of job {snapshot.job_id} are gone. {error.message}")
    except Conflict as error:
        return Reference(None, reason=error.message)
    except DataError as error:
        return Reference(None, reason=f"The rows of job {snapshot.job_id} do not fit its network: {error}.")
    backend.storage.keep_reference(snapshot.id, value)
    return Reference(value, ReferenceSource.TRAINING_ROWS, snapshot.id)


def _describe(backend: Backend, record: Network, snapshot: Snapshot) -> Json:
    """Like what a training keeps with its snapshots. Raises Conflict, NotFound and DataError."""
    network = compiled(backend, record)
    signature = with_own_threshold(record_signature(record, network, snapshot.preprocessing), snapshot)
    job = backend.storage.get_job(snapshot.job_id or "")
    source = source_of(backend, job, record, snapshot.preprocessing)
    count = source.counts[TRAINING]
    most = min(MAX_ROWS, max(MAX_CELLS // len(signature.groups), 1))
    frame, rows = source.training(drawn(count, most))
    is_table = frame is not None and signature.has_statistics
    columns = table_columns(signature, frame) if is_table and frame is not None else number_columns(signature, rows)
    values = network.from_bytes(backend.storage.read_snapshot_values(snapshot.id))
    return {**describe_with(signature, rows, columns)(values, snapshot.temperature), "rows": count, "computed": True}
