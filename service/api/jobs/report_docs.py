"""Documents reports of trainings to MLflow servers: how they are asked for, and how far they are."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from service.operations.training.report import MAX_EXPERIMENT

REPORT = {
    "anyOf": [
        {
            "type": "object",
            "properties": {
                "mlflow": {
                    "type": "string",
                    "description": "The name of a server in `FEEDFORWARD_MLFLOW_SERVERS`, or an http or https URL with "
                    "a public address, which is asked without credentials.",
                },
                "experiment": {
                    "type": ["string", "null"],
                    "maxLength": MAX_EXPERIMENT,
                    "description": "Created if there is none of this name. By default the name of the network.",
                },
            },
            "required": ["mlflow"],
            "additionalProperties": False,
        },
        {"type": "null"},
    ],
    "description": "An MLflow server that gets parameters, the metrics of every epoch while they are made, and the "
    "model at the end. The training neither waits for it nor fails with it. See docs/mlflow.md.",
}


class ReportSchema(Schema):
    mlflow = fields.String(required=True, attribute="server", metadata={"description": "Name or URL of the server."})
    experiment = fields.String(required=True)
    run_id = fields.String(required=True, allow_none=True, metadata={"description": "The run on the server."})
    state = fields.String(
        required=True,
        validate=validate.OneOf(["waiting", "reporting", "done", "given_up"]),
        metadata={"description": "`waiting` until there is a run. After errors it goes on, until it is `given_up`."},
    )
    epoch = fields.Integer(required=True, metadata={"description": "Epochs up to this one are on the server."})
    error = fields.String(
        required=True, allow_none=True, metadata={"description": "Why the last attempt failed; null if it did not."}
    )
    model = fields.String(
        required=True, allow_none=True, metadata={"description": "`uploaded`, or why not; null before the end."}
    )
