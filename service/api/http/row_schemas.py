"""Rows with their targets, as the documentation shows them; operations read them."""

from __future__ import annotations

from typing import Any

NUMBERS = {"type": "array", "items": {"type": "number"}}
CELL = {"type": ["number", "string", "boolean", "null"]}
ROW = {"anyOf": [NUMBERS, {"type": "object", "additionalProperties": CELL}, {"type": "number"}]}
TARGET = {"anyOf": [NUMBERS, {"type": "number"}, {"type": "string"}]}
INPUTS = {"type": "array", "minItems": 1, "items": ROW, "description": "Lists, or objects by feature name."}
ROWS = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "additionalProperties": CELL},
    "description": "For a network that speaks the names of a table: rows as objects, targets among them.",
}
TABLE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "inputs": INPUTS,
        "targets": {
            "type": "array",
            "minItems": 1,
            "items": TARGET,
            "description": "Numbers, one-hot rows, labels of the network, or class indexes.",
        },
        "sample_weights": {"anyOf": [NUMBERS, {"type": "null"}], "description": "How much each row counts."},
    },
    "required": ["inputs", "targets"],
    "additionalProperties": False,
}
