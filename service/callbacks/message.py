"""The body of a callback: which job ended, and how, or what happened to a network. The rest can be read."""

from __future__ import annotations

import json

from service.domain.jobs import Job
from service.domain.monitoring import NetworkEvent
from service.domain.times import rfc3339


def write_message(about: Job | NetworkEvent) -> bytes:
    if isinstance(about, Job):
        kind, moment, data = f"job.{about.status}", about.finished_at or about.created_at, _data(about)
    else:
        kind, moment, data = f"network.{about.kind}", about.created_at, _event(about)
    message = {"type": kind, "timestamp": rfc3339(moment), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _event(event: NetworkEvent) -> dict[str, object]:
    own = {"network": event.network_name, "network_id": event.network_id, "event": event.seq}
    return {**own, **event.data, "created_at": rfc3339(event.created_at)}


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
