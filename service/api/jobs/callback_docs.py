"""What the documentation says of the request that a job's callback gets, see `service.callbacks`."""

from __future__ import annotations

from typing import Any

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
        "status": {"enum": sorted(ENDED)},
        "error": ERROR,
        "epoch": COUNT,
        "epochs": COUNT,
        "best_epoch": {"type": ["integer", "null"]},
        "stopped_early": {"type": "boolean"},
        "rows": COUNT,
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
    "webhook-id": "The same for every attempt: what came twice is known by it.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and the base64 of the HMAC-SHA256 of id, timestamp and body, joined by full stops.",
}
JOB_ENDED: dict[str, Any] = {
    "summary": "A job has ended",
    "description": "Signed by the scheme of Standard Webhooks. Any 2xx takes the message, 410 ends it; after all else, "
    "or no answer within ten seconds, it is sent again, later and later. It may come twice.",
    "parameters": [
        {"name": name, "in": "header", "required": True, "description": help, "schema": {"type": "string"}}
        for name, help in HEADERS.items()
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": MESSAGE}}},
    "responses": {"2XX": {"description": "The message is taken"}},
}
CALLBACKS = {"jobEnded": {"{$request.body#/callback}": {"post": JOB_ENDED}}}
