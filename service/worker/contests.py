"""Puts together what the judgement of a challenger needs: the model in use, and what both were trained on."""

from __future__ import annotations

from service.domain.jobs import Job
from service.domain.snapshots import Snapshot
from service.domain.types import Json
from service.domain.versions import Alias
from service.errors import Damaged, NotFound
from service.jobs.contest import Champion, Contest, division_of
from service.storage.base import Storage

#: A `prepared` event comes right after a start.
MAX_EVENTS = 1000


class UnknownRows(Exception):
    """Nobody knows which rows some weights were trained on."""


def contest_of(storage: Storage, job: Job, alias_name: str) -> Contest:
    """Read at the end of the training, outside any transaction. Raises StorageError."""
    try:
        alias = _find_alias(storage, job.network_id, alias_name)
        if alias is not None and alias.network_id != job.network_id:
            return Contest(reason=f"{alias_name} points at another network, {alias.network_name}.")
        trainings: dict[str, Json] = {}
        _trainings(storage, _start_of(storage, job), trainings)
        champion = None
        if alias is not None:
            snapshot = _snapshot(storage, job.network_id, alias.snapshot_id)
            _trainings(storage, snapshot, trainings)
            champion = _champion(storage, alias, snapshot)
    except UnknownRows as error:
        return Contest(reason=str(error))
    except Damaged as error:
        return Contest(reason=f"The model that {alias_name} points at cannot be read. {error.message}")
    return Contest(champion=champion, trainings=tuple(trainings.values()))


def _find_alias(storage: Storage, network_id: str, name: str) -> Alias | None:
    try:
        return storage.get_alias(network_id, name)
    except NotFound:
        return None


def _champion(storage: Storage, alias: Alias, snapshot: Snapshot) -> Champion:
    values = storage.read_snapshot_values(snapshot.id)
    return Champion(version=alias.version, move=alias.moved.number, values=values, preprocessing=snapshot.preprocessing)


def _start_of(storage: Storage, job: Job) -> Snapshot:
    start = job.options.get("start_snapshot")
    if start is None:
        raise UnknownRows(f"It is not known which weights job {job.id} started from.")
    return _snapshot(storage, job.network_id, start)


def _trainings(storage: Storage, snapshot: Snapshot, known: dict[str, Json]) -> None:
    """Add all trainings that these weights went through to those that are known, by job."""
    while snapshot.kind != "initial":
        if snapshot.job_id is None:
            raise UnknownRows(f"The weights of {snapshot.id} were imported, or their training was deleted.")
        if snapshot.job_id in known:
            return
        try:
            job = storage.get_job(snapshot.job_id)
        except NotFound:
            raise UnknownRows(f"The training of {snapshot.id} was deleted.") from None
        known[job.id] = {"job": job.id, "split": _split(storage, job), "division": division_of(job.options)}
        snapshot = _start_of(storage, job)


def _snapshot(storage: Storage, network_id: str, snapshot_id: str) -> Snapshot:
    try:
        return storage.choose_snapshot(network_id, snapshot_id).snapshot
    except NotFound:
        raise UnknownRows(f"The snapshot {snapshot_id} was deleted, so its training is not known.") from None


def _split(storage: Storage, job: Job) -> Json | None:
    """As the training itself has recorded it; None for a training from before that was done, or of all rows."""
    if job.options.get("split") is not None:
        return dict(job.options["split"])
    prepared = [event for event in storage.list_events(job.id, limit=MAX_EVENTS) if event.kind == "prepared"]
    return prepared[-1].data.get("split") if prepared else None
