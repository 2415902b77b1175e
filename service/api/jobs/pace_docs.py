"""Documents how a job is paced, and how its options change."""

from __future__ import annotations

from service.operations.training.pace import FASTEST, SLOWEST

CHANGES = {
    "type": "array",
    "items": {
        "type": "object",
        "title": "OptionsChange",
        "properties": {
            "from_epoch": {"type": "integer", "description": "The first epoch that is trained with them."},
            "options": {
                "type": "object",
                "description": "By name, the option `before` and `after`.",
                "additionalProperties": {
                    "type": "object",
                    "title": "ChangedOption",
                    "properties": {"before": {}, "after": {}},
                    "required": ["before", "after"],
                },
            },
        },
        "required": ["from_epoch", "options"],
    },
    "description": "What was changed in the options since the job was submitted; `options` are those of now.",
}
UNTIL_EPOCH = {
    "type": ["integer", "null"],
    "minimum": 1,
    "description": "The epoch after which the job pauses again. Without it, the job runs to its end.",
}
PAUSE_AT = {
    "type": ["integer", "null"],
    "minimum": 0,
    "description": "The epoch after which the job pauses itself; with 0 it is paused before its first epoch.",
}
EPOCHS_PER_SECOND = {
    "anyOf": [{"type": "number", "minimum": SLOWEST, "maximum": FASTEST}, {"type": "null"}],
    "description": "Slow motion: the most epochs to train per second. Null trains as fast as possible.",
}

PART = {"type": ["object", "string"], "description": "As in `POST /train`, or an object with the fields to change."}
RESUME_OPTIONS = {
    "anyOf": [
        {
            "type": "object",
            "title": "ResumeOptions",
            "properties": {
                "epochs": {"type": "integer", "minimum": 1},
                "optimizer": {**PART, "description": "Its fields to change, such as `learning_rate`; not its type."},
                "schedule": PART,
                "clipping": {**PART, "type": ["object", "string", "null"]},
                "early_stopping": {**PART, "type": ["object", "null"]},
            },
            "additionalProperties": False,
        },
        {"type": "null"},
    ],
    "description": "Options to go on with, for a paused training. An object without a `type` changes the fields it "
    "names. Any other option cannot change, and is rejected with the reason.",
}
RESTART_OPTIONS = {
    "type": ["object", "null"],
    "description": "Options of `POST /train` to change: `epochs`, `batch_size`, `optimizer` and others of the training "
    "itself, but not its `seed`. An object without a `type` changes the fields it names.",
}
