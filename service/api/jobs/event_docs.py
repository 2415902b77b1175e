"""Documents what the events of a network hold, which its callback sends, too."""

from __future__ import annotations

from typing import Any

from service.domain.status import Status

#: What the events of a job hold, by their kind; each has some of these.
EVENT_DATA: dict[str, Any] = {
    "type": "object",
    "title": "EventData",
    "properties": {
        "status": {"enum": [status.value for status in Status], "description": "The status that the job has now."},
        "error": {
            "anyOf": [{"$ref": "#/components/schemas/JobError"}, {"type": "null"}],
            "description": "Why it has `ended` or was `recovered`; of a `callback`, why it was not delivered.",
        },
        "epochs": {"type": "integer", "description": "`submitted`: the number of epochs requested."},
        "rows": {
            "type": "integer",
            "description": "`submitted`, `progress`, `promotion`, `averaged`: how many there are.",
        },
        "owner": {"type": "string", "description": "`started`: the worker."},
        "from_epoch": {"type": "integer", "description": "`started`, `options_changed`: epochs done before."},
        "snapshot": {"type": "string", "description": "`snapshot`: its id."},
        "kind": {"type": "string", "description": "`snapshot`: `best`, `last` or `periodic`."},
        "epoch": {"type": "integer", "description": "`snapshot`, `snapshots_skipped`: the epoch."},
        "rows_done": {"type": "integer", "description": "`progress`: rows that a prediction has stored."},
        "warnings": {"type": "array", "items": {"type": "string"}, "description": "`prepared`, `findings`."},
        "pause_at": {"type": ["integer", "null"], "description": "`resumed`, `pace_changed`."},
        "epochs_per_second": {"type": ["number", "null"], "description": "`resumed`, `pace_changed`."},
        "reason": {
            "type": ["string", "null"],
            "description": "`snapshots_skipped`, `promotion`: why not; `averaged`: why.",
        },
        "weights": {"type": "array", "items": {"type": "number"}, "description": "`averaged`: by member."},
        "alias": {"type": "string", "description": "`promotion`: the alias that was to move."},
        "promoted": {"type": "boolean", "description": "`promotion`: whether it has moved."},
        "attempt": {"type": "integer", "description": "`callback`: counts from 1."},
        "delivered": {"type": "boolean", "description": "`callback`: whether the receiver has accepted it."},
    },
    "additionalProperties": {},
    "description": "By `kind`; the descriptions say which kinds have a field.",
}
NETWORK_KINDS = ("drift", "drift_ended", "callback")
NAMED = {"role": {"enum": ["input", "answer"]}, "name": {"type": "string"}}
NULLABLE_NUMBER = {"type": ["number", "null"]}
COLUMN = {
    "type": "object",
    "title": "DriftedColumn",
    "properties": {**NAMED, "psi": {"type": "number"}, "ks": NULLABLE_NUMBER},
    "required": ["role", "name", "psi", "ks"],
}
BARE_COLUMN = {"type": "object", "title": "ColumnReference", "properties": NAMED, "required": ["role", "name"]}
ROWS: dict[str, Any] = {
    "snapshot": {"type": "string", "description": "That answered the rows."},
    "version": {"type": ["integer", "null"]},
    "rows": {"type": "integer", "description": "Answered rows that were compared."},
    "reference_rows": {"type": "integer", "description": "Training rows that they were compared with."},
}
DRIFT: dict[str, Any] = {
    "type": "object",
    "title": "DriftWarning",
    "description": "Columns have risen above a threshold. `ks` is the statistic; null for words.",
    "properties": {
        **ROWS,
        "columns": {"type": "array", "items": COLUMN, "minItems": 1, "description": "The farthest first."},
        "still_above": {"type": "array", "items": BARE_COLUMN, "description": "Columns of earlier warnings."},
        "thresholds": {
            "type": "object",
            "properties": {"psi": {"type": "number"}, "ks": NULLABLE_NUMBER},
            "required": ["psi", "ks"],
        },
    },
    "required": [*ROWS, "columns", "still_above", "thresholds"],
}
DRIFT_ENDED = {
    "type": "object",
    "title": "DriftWarningEnded",
    "description": "Columns are below their thresholds again.",
    "properties": {**ROWS, "columns": {"type": "array", "items": BARE_COLUMN, "minItems": 1}},
    "required": [*ROWS, "columns"],
}
ATTEMPT = {
    "type": "object",
    "title": "CallbackAttempt",
    "description": "An attempt to deliver a warning.",
    "properties": {
        "event": {"type": "integer", "description": "The number of the warning."},
        "attempt": {"type": "integer"},
        "delivered": {"type": "boolean"},
        "status": {"type": ["integer", "null"], "description": "Of the receiver's answer."},
        "error": {"type": ["string", "null"]},
        "final": {"type": "boolean", "description": "Whether no further attempt is made."},
        "retry_seconds": NULLABLE_NUMBER,
    },
    "required": ["event", "attempt", "delivered", "status", "error", "final", "retry_seconds"],
}
NETWORK_DATA = {"oneOf": [DRIFT, DRIFT_ENDED, ATTEMPT], "description": "By `kind`."}
