"""Documents the webhook requests that callback URLs receive, see `service.callbacks`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.jobs.event_docs import DRIFT
from service.domain.job_kind import JobKind
from service.domain.status import ENDED

NULLABLE_TIME = {"type": ["string", "null"], "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}
ERROR = {"anyOf": [{"$ref": "#/components/schemas/JobError"}, {"type": "null"}]}
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
    "title": "JobMessage",
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
DRIFT_DATA = {
    **DRIFT,
    "title": "DriftMessageData",
    "properties": {
        "network": {"type": "string"},
        "network_id": {"type": "string"},
        "event": {"type": "integer", "description": "Its number among the events of the network."},
        **DRIFT["properties"],
        "created_at": {"type": "string", "format": "date-time"},
    },
    "required": ["network", "network_id", "event", *DRIFT["required"], "created_at"],
}
DRIFT_MESSAGE = {
    "type": "object",
    "title": "DriftMessage",
    "properties": {
        "type": {"const": "network.drift"},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": DRIFT_DATA,
    },
    "required": ["type", "timestamp", "data"],
}


def webhook(summary: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "summary": summary,
        "description": "Signed as Standard Webhooks specifies. Any 2xx accepts the message, 410 stops delivery. After "
        "any other answer, or none within ten seconds, the message is sent again at growing intervals. It may arrive "
        "twice.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": help, "schema": {"type": "string"}}
            for name, help in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": message}}},
        "security": [],
        "responses": {"2XX": {"description": "The message is accepted"}},
    }


CALLBACKS = {"jobEnded": {"{$request.body#/callback}": {"post": webhook("A job has ended", MESSAGE)}}}
DRIFT_CALLBACKS = {
    "driftWarning": {
        "{$request.body#/answer_log/watch/callback}": {"post": webhook("Columns have drifted", DRIFT_MESSAGE)}
    }
}
