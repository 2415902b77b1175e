"""Look for drift where somebody wants to be warned: once in each interval, whatever the number of workers."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.monitoring import Drifted, Look, Watch
from service.errors import FeedforwardError, NotFound, StorageError
from service.monitoring.drift import ColumnDrift
from service.operations.backend import Backend
from service.operations.monitoring.drift import DriftReport, DriftStatus, drift_of
from service.operations.monitoring.window import Window

logger = logging.getLogger(__name__)

#: Watches looked at in one go.
BATCH = 100
#: How long nobody else looks: longer than a look can take.
LEASE_SECONDS = 60.0
#: Snapshots whose drift is remembered: a roll back to one of them is no news.
SNAPSHOTS = 20
FAILED = "failed"
#: What a look says after a fault of ours.
INTERNAL = "The look met an internal error; the log of the worker says which."


def watch_drift(backend: Backend) -> None:
    """Look at the networks that are due; `backend` has every right."""
    for watch in backend.storage.due_watches(limit=BATCH):
        taken = backend.storage.begin_look(watch, lease_seconds=LEASE_SECONDS)
        if taken is not None:
            _end(backend, taken, _look(backend, taken))


def _end(backend: Backend, watch: Watch, look: Look) -> None:
    try:
        if backend.storage.end_look(watch, look) and look.calls_back:
            logger.warning("The rows of network %s have drifted.", watch.network_id)
    except NotFound:  # Deleted meanwhile.
        logger.info("Network %s is gone, and with it the look for drift.", watch.network_id)


def _look(backend: Backend, watch: Watch) -> Look:
    try:
        network = backend.storage.get_network(watch.network_id)
        settings = (network.answer_log or {}).get("watch") or {}
        window = Window.of(None, settings.get("window"))
        return judged(watch, drift_of(backend, network.id, window, rows=settings.get("rows")))
    except StorageError:
        raise
    except FeedforwardError as error:
        return Look(status=FAILED, drifted=watch.drifted, error=error.message)
    except Exception:  # The others must go on.
        logger.exception("The rows of network %s could not be compared.", watch.network_id)
        return Look(status=FAILED, drifted=watch.drifted, error=INTERNAL)


def judged(watch: Watch, report: DriftReport) -> Look:
    """A column is warned of when it rises above a threshold, and again only after a look that found it below."""
    if report.snapshot_id is None or report.status not in (DriftStatus.STEADY, DriftStatus.DRIFTED):
        return Look(status=report.status, drifted=watch.drifted)
    above, before = report.drifted, watch.drifted.get(report.snapshot_id, ())
    new = {name: column for name, column in above.items() if name not in before}
    gone = [name for name in before if name not in above]
    events = [("drift", _warning(report, new, [name for name in above if name in before]))] if new else []
    if gone:
        events.append(("drift_ended", {**_rows(report), "columns": [named(name) for name in gone]}))
    drifted = _remembered(watch.drifted, report.snapshot_id, list(above))
    return Look(status=report.status, drifted=drifted, events=events, calls_back=bool(new))


def _remembered(drifted: Drifted, snapshot_id: str, names: Sequence[str]) -> Drifted:
    others = {one: list(kept) for one, kept in drifted.items() if one != snapshot_id and kept}
    newest = list(others.items())[-(SNAPSHOTS - 1) :]
    return {**dict(newest), **({snapshot_id: list(names)} if names else {})}


def _warning(report: DriftReport, new: Mapping[str, ColumnDrift], still: Sequence[str]) -> Mapping[str, Any]:
    settings = report.settings
    return {
        **_rows(report),
        "columns": [{**named(name), **_figures(column)} for name, column in new.items()],
        "still_above": [named(name) for name in still],
        "thresholds": {"psi": settings.psi, "ks": settings.ks},
    }


def _rows(report: DriftReport) -> Mapping[str, Any]:
    return {
        "snapshot": report.snapshot_id,
        "version": report.version,
        "rows": report.rows,
        "reference_rows": report.reference_rows,
    }


def named(name: str) -> Mapping[str, str]:
    role, _, column = name.partition("/")
    return {"role": "input" if role == "inputs" else "answer", "name": column}


def _figures(column: ColumnDrift) -> Mapping[str, Any]:
    return {"psi": column.psi, "ks": None if column.ks is None else column.ks.statistic}
