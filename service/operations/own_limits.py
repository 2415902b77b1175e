"""What one key may have stored, queued and running at once; a caller that needs no key has no limits."""

from __future__ import annotations

from service.domain.key_limits import NO_LIMITS, KeyLimits
from service.errors import QuotaExceeded
from service.operations.backend import Backend
from service.operations.creator import creator

NAMES = {"snapshots": "snapshots", "datasets": "data sets", "job_data": "rows sent with jobs"}


def own_limits(backend: Backend) -> KeyLimits:
    caller = backend.caller
    return NO_LIMITS if caller.id is None else caller.limits.over(backend.limits.keys)


def reserve(backend: Backend, kind: str, size_bytes: int) -> None:
    """Count bytes as stored. Raises QuotaExceeded, which says what to delete, where they are too many."""
    most = own_limits(backend).stored_bytes
    if most:
        stored = backend.storage.stored_bytes_of(creator(backend))
        if sum(stored.values()) + size_bytes > most:
            parts = ", ".join(f"{size:,} of {NAMES[kind]}" for kind, size in stored.items() if size)
            raise QuotaExceeded(
                f"Your key has stored {sum(stored.values()):,} bytes{f' ({parts})' if parts else ''}, and "
                f"{size_bytes:,} more exceed its limit of {most:,}. Delete data sets, ended jobs, snapshots or "
                "networks of yours: GET /datasets, /jobs and /networks list them with created_by."
            )
    backend.quotas[kind].take(size_bytes)
