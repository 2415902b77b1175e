"""Carry out the judgement of a challenger, in the transaction that ends its job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from service.domain.jobs import Job
from service.domain.snapshots import NewSnapshot
from service.domain.types import Json
from service.domain.versions import Alias, Creator, NewMove, NewVersion
from service.errors import NotFound
from service.jobs.contest import Judgement
from service.jobs.messages import Report
from service.storage.base import Storage

MOVED = "The alias was moved while the models were compared."


def record_promotion(storage: Storage, job: Job, judgement: Judgement, snapshots: Sequence[NewSnapshot]) -> None:
    """Move the alias if the challenger is better, and write the `promotion` event.

    Raises PreconditionFailed, with nothing written, if somebody moves the alias at the same time.
    """
    name: str = job.options["promote"]["alias"]
    reason, moved = judgement.reason, None
    if judgement.is_better:
        if _move_of(storage, job, name) == judgement.champion_move:
            moved = _move(storage, job, name, judgement, snapshots[-1].id)
        else:
            reason = MOVED
    storage.add_event(job.id, "promotion", _event(name, judgement, moved, reason))


def without_promotion(report: Report) -> Report:
    """The same end, but for the alias."""
    if report.end is None or report.end.judgement is None:
        return report
    judgement = replace(report.end.judgement, is_better=False, reason=MOVED)
    return replace(report, end=replace(report.end, judgement=judgement))


def _move_of(storage: Storage, job: Job, name: str) -> int | None:
    try:
        return storage.get_alias(job.network_id, name).moved.number
    except NotFound:
        return None


def _move(storage: Storage, job: Job, name: str, judgement: Judgement, snapshot_id: str) -> Alias:
    by = Creator(job.created_by, job.created_by_key)
    note = f"{judgement.metric} {_shown(judgement.new)} rather than {_shown(judgement.old)} on {judgement.rows} rows"
    new = NewVersion(network_id=job.network_id, snapshot_id=snapshot_id, note=note, by=by)
    version = storage.publish_version(new).number
    expected = None if judgement.champion_move is None else {judgement.champion_move}
    move = NewMove(
        owner_id=job.network_id,
        alias=name,
        network_id=job.network_id,
        version=version,
        expected=expected,
        note=f"Promoted by {job.id}: {note}",
        by=by,
    )
    return storage.move_alias(move)


def _event(name: str, judgement: Judgement, moved: Alias | None, reason: str | None) -> Json:
    return {
        "alias": name,
        "promoted": moved is not None,
        "reason": reason,
        "metric": judgement.metric,
        "old": _finite(judgement.old),
        "new": _finite(judgement.new),
        "rows": judgement.rows,
        "old_version": judgement.champion_version,
        "version": moved.version if moved else None,
    }


def _shown(number: float | None) -> str:
    return "none" if number is None else f"{number:.6g}"


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
