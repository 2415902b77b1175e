"""Schemas of rows and targets for the documentation; operations read the values."""

from __future__ import annotations

from typing import Any

NUMBERS = {"type": "array", "items": {"type": "number"}}
CELL = {"type": ["number", "string", "boolean", "null"]}
NAMED_ROW = {"type": "object", "title": "NamedRow", "additionalProperties": CELL}
ROW = {"anyOf": [{**NUMBERS, "title": "PlainRow"}, NAMED_ROW, {"type": "number"}]}
TARGET = {"anyOf": [NUMBERS, {"type": "number"}, {"type": "string"}]}
INPUTS = {"type": "array", "minItems": 1, "items": ROW, "description": "Rows as lists, or as objects by feature name."}
ROWS = {
    "type": "array",
    "minItems": 1,
    "title": "NamedRows",
    "items": NAMED_ROW,
    "description": "For a table network: rows as objects by column, including the target.",
}
TABLE: dict[str, Any] = {
    "type": "object",
    "title": "PlainRows",
    "properties": {
        "inputs": INPUTS,
        "targets": {
            "type": "array",
            "minItems": 1,
            "items": TARGET,
            "description": "Numbers, one-hot rows, the network's labels, or class indexes.",
        },
        "sample_weights": {"anyOf": [NUMBERS, {"type": "null"}], "description": "Weight of each row in the loss."},
    },
    "required": ["inputs", "targets"],
    "additionalProperties": False,
}
