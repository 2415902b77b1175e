"""Whether everything that the service needs is there."""

from __future__ import annotations

from service.errors import StorageError
from service.operations.backend import Backend


def readiness(backend: Backend) -> dict[str, str]:
    """Of each part `ok`, or what is wrong with it, in words."""
    try:
        backend.storage.ping()
        return {"database": "ok", "worker": worker(backend)}
    except StorageError as error:
        return {"database": error.message}


def worker(backend: Backend) -> str:
    silence = backend.limits.worker_silence_seconds
    if backend.storage.count_workers(alive_within_seconds=silence):
        return "ok"
    return f"no worker has been heard of for {silence:g} seconds: jobs wait. Start one with the command worker."
