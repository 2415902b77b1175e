"""The body of a callback: which job ended, and how. The rest can be read from the service."""

from __future__ import annotations

import json

from service.domain.records import Job
from service.domain.times import rfc3339


def message_id(job: Job) -> str:
    """The same for every attempt, so that a receiver recognises a repeated message."""
    return f"msg_{job.id}"


def write_message(job: Job) -> bytes:
    ended_at = job.finished_at or job.created_at
    message = {"type": f"job.{job.status}", "timestamp": rfc3339(ended_at), "data": _data(job)}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _data(job: Job) -> dict[str, object]:
    return {
        "job": job.id,
        "network": job.network_name,
        "network_id": job.network_id,
        "kind": job.kind,
        "status": job.status,
        "error": {"code": job.error.code, "message": job.error.message} if job.error else None,
        "epoch": job.epoch,
        "epochs": job.epochs,
        "best_epoch": job.best_epoch,
        "stopped_early": job.stopped_early,
        "rows": job.rows,
        "rows_done": job.rows_done,
        "output": job.output,
        "seconds": job.seconds,
        "created_at": rfc3339(job.created_at),
        "started_at": rfc3339(job.started_at) if job.started_at is not None else None,
        "finished_at": rfc3339(job.finished_at) if job.finished_at is not None else None,
    }
