"""How the API documents what a cross-validation measured, and how an ensemble averages."""

from __future__ import annotations

SPREAD = {
    "type": "object",
    "title": "FoldNumbers",
    "properties": {
        "mean": {"type": ["number", "null"]},
        "std": {"type": ["number", "null"], "description": "Over n - 1."},
        "folds": {
            "type": "array",
            "items": {"type": ["number", "null"]},
            "description": "By fold; null for one that diverged, or where the number is not finite.",
        },
    },
    "required": ["mean", "std", "folds"],
}
FOLDS = {
    "anyOf": [
        {
            "type": "object",
            "title": "FoldsResult",
            "properties": {
                "count": {"type": "integer", "description": "Of all, those of every repeat."},
                "repeats": {
                    "type": "integer",
                    "description": "How often all rows were held out, where more than once: by `repeats` of `folds`, "
                    "each with other folds, or because a search asked for it. All folds of a repeat follow each other.",
                },
                "diverged": {"type": "array", "items": {"type": "integer"}, "description": "Folds, from 1."},
                "rows": {"type": "array", "items": {"type": "integer"}, "description": "Held out, by fold."},
                "epochs": {"type": "array", "items": {"type": "integer"}, "description": "Trained, by fold."},
                "numbers": {
                    "type": "object",
                    "additionalProperties": SPREAD,
                    "description": "`val_loss`, and `val_` with each metric: with the weights each fold ends with.",
                },
                "pooled": {
                    "type": "object",
                    "additionalProperties": {"type": ["number", "null"]},
                    "description": "The same numbers over all held-out rows together, each judged by the weights that "
                    "have not seen it, and `rows`, how many those are.",
                },
            },
            "required": ["count", "diverged", "rows", "epochs", "numbers", "pooled"],
        },
        {"type": "null"},
    ],
    "description": "What a cross-validation measured. Null until it succeeds, and for every other job.",
}
LOSS = {"type": ["number", "null"], "description": "Mean over those rows; null if there are none."}
AVERAGE = {
    "anyOf": [
        {
            "type": "object",
            "title": "Average",
            "properties": {
                "weights": {"type": "array", "items": {"type": "number"}, "description": "By member; they sum to 1."},
                "rows": {"type": "integer", "description": "Held-out rows that they were chosen on."},
                "loss": {**LOSS, "description": f"With these weights. {LOSS['description']}"},
                "equal_loss": {**LOSS, "description": f"With equal weights. {LOSS['description']}"},
                "reason": {"type": "string"},
            },
            "required": ["weights", "rows", "loss", "equal_loss", "reason"],
        },
        {"type": "null"},
    ],
    "description": "The weights of an ensemble's members in the mean, and why. Null until its training succeeds, and "
    "for every other job.",
}
