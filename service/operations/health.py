"""Whether everything that the service needs is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.errors import StorageError
from service.operations.backend import Backend

OK = "ok"
#: Without it jobs wait, but everything else works.
WORKER = "worker"
#: With less on its disk, a database may fail to write at any moment.
LEAST_FREE_BYTES = 64 * 2**20


def readiness(backend: Backend) -> dict[str, str]:
    """Of each part `ok`, or what is wrong with it, in words; what cannot be looked at is left out."""
    checks = {"database": said(backend.storage.ping)}
    if checks["database"] == OK:
        checks["disk"] = disk(backend)
        checks["schema"] = said(backend.storage.check_schema)
    if checks.get("schema") == OK:
        checks[WORKER] = worker(backend)
    return checks


def is_ready(checks: Mapping[str, str]) -> bool:
    """Whether the service can answer; a missing worker is reported, and takes it out of no load balancer."""
    return all(result == OK for part, result in checks.items() if part != WORKER)


def said(check: Callable[[], None]) -> str:
    try:
        check()
    except StorageError as error:
        return error.message
    return OK


def disk(backend: Backend) -> str:
    free = backend.storage.free_bytes()
    if free is None or free >= LEAST_FREE_BYTES:
        return OK
    return f"The disk of the database is full: {free:,} bytes are left. Predictions work; free some space for the rest."


def worker(backend: Backend) -> str:
    silence = backend.limits.worker_silence_seconds
    if backend.storage.count_workers(alive_within_seconds=silence):
        return OK
    return f"No worker has sent a heartbeat for {silence:g} seconds, so jobs wait. Start one with the command worker."
