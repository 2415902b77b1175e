"""Documents the webhook request that a job's callback URL receives, see `service.callbacks`."""

from __future__ import annotations

from typing import Any

from service.domain.job_kind import JobKind
from service.domain.status import ENDED

NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}
ERROR = {
    "type": ["object", "null"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    "required": ["code", "message"],
}
DATA = {
    "type": "object",
    "properties": {
        "job": {"type": "string"},
        "network": {"type": "string"},
        "network_id": {"type": "string"},
        "kind": {"enum": [kind.value for kind in JobKind]},
        "status": {"enum": sorted(ENDED)},
        "error": ERROR,
        "epoch": COUNT,
        "epochs": COUNT,
        "best_epoch": {"type": ["integer", "null"]},
        "stopped_early": {"type": "boolean"},
        "rows": COUNT,
        "rows_done": COUNT,
        "output": {"type": ["string", "null"], "description": "The data set that a prediction has written."},
        "seconds": {"type": "number"},
        "created_at": {"type": "string", "format": "date-time"},
        "started_at": NULLABLE_TIME,
        "finished_at": NULLABLE_TIME,
    },
}
MESSAGE = {
    "type": "object",
    "properties": {
        "type": {"enum": sorted(f"job.{status}" for status in ENDED)},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": {**DATA, "required": list(DATA["properties"])},
    },
    "required": ["type", "timestamp", "data"],
}
HEADERS = {
    "webhook-id": "The same for every attempt, so that you can recognise a repeated delivery.",
    "webhook-timestamp": "The time of this attempt, in seconds since 1970.",
    "webhook-signature": "`v1,` and the base64 of the HMAC-SHA256 of id, timestamp and body, joined by periods.",
}
JOB_ENDED: dict[str, Any] = {
    "summary": "A job has ended",
    "description": "Signed as Standard Webhooks specifies. Any 2xx accepts the message, 410 stops delivery. After any "
    "other answer, or none within ten seconds, the message is sent again at growing intervals. It may arrive twice.",
    "parameters": [
        {"name": name, "in": "header", "required": True, "description": help, "schema": {"type": "string"}}
        for name, help in HEADERS.items()
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": MESSAGE}}},
    "responses": {"2XX": {"description": "The message is accepted"}},
}
CALLBACKS = {"jobEnded": {"{$request.body#/callback}": {"post": JOB_ENDED}}}
