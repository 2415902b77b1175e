"""Documents what the events of a network hold, which its callback sends, too."""

from __future__ import annotations

from typing import Any

NETWORK_KINDS = ("drift", "drift_ended", "callback")
NAMED = {"role": {"enum": ["input", "answer"]}, "name": {"type": "string"}}
NULLABLE_NUMBER = {"type": ["number", "null"]}
COLUMN = {
    "type": "object",
    "properties": {**NAMED, "psi": {"type": "number"}, "ks": NULLABLE_NUMBER},
    "required": ["role", "name", "psi", "ks"],
}
BARE_COLUMN = {"type": "object", "properties": NAMED, "required": ["role", "name"]}
ROWS: dict[str, Any] = {
    "snapshot": {"type": "string", "description": "That answered the rows."},
    "version": {"type": ["integer", "null"]},
    "rows": {"type": "integer", "description": "Answered rows that were compared."},
    "reference_rows": {"type": "integer", "description": "Training rows that they were compared with."},
}
DRIFT: dict[str, Any] = {
    "type": "object",
    "title": "drift",
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
    "title": "drift_ended",
    "description": "Columns are below their thresholds again.",
    "properties": {**ROWS, "columns": {"type": "array", "items": BARE_COLUMN, "minItems": 1}},
    "required": [*ROWS, "columns"],
}
ATTEMPT = {
    "type": "object",
    "title": "callback",
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
