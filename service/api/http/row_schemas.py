"""Schemas of rows and targets for the documentation; operations read the values."""

from __future__ import annotations

from typing import Any

NUMBERS = {"type": "array", "items": {"type": "number"}}
CELL = {"type": ["number", "string", "boolean", "null"]}
ROW = {"anyOf": [NUMBERS, {"type": "object", "additionalProperties": CELL}, {"type": "number"}]}
TARGET = {"anyOf": [NUMBERS, {"type": "number"}, {"type": "string"}]}
INPUTS = {"type": "array", "minItems": 1, "items": ROW, "description": "Rows as lists, or as objects by feature name."}
ROWS = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "additionalProperties": CELL},
    "description": "For a table network: rows as objects by column, including the target.",
}
TABLE: dict[str, Any] = {
    "type": "object",
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
