"""`GET /networks/{network}/monitoring`: how good answers were."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.fields import Plain, WholeNumber
from service.api.http.json_provider import json_response
from service.api.http.schema_docs import engine_fields
from service.api.http.smorest import Blueprint
from service.api.monitoring.query import MAX_SECONDS, SECONDS, WindowQuery, window_of
from service.api.networks.network_schemas import LogOfNetwork
from service.domain.monitoring import StoredAnswers
from service.domain.times import rfc3339
from service.operations.monitoring.monitoring import Group, Monitoring, monitor

blp = Blueprint("monitoring", __name__, tag="monitoring")

MOMENT = {"format": "date-time"}
METRICS = {
    "type": "object",
    "additionalProperties": {"type": ["number", "null"]},
    "description": "By name, of the rows whose truth is known: accuracy, log loss and AUC, or MAE, RMSE and R², in the "
    "user's units. Null is a metric that these rows do not define.",
}


class MonitoringQuery(WindowQuery):
    every = WholeNumber(
        validate=validate.Range(1, MAX_SECONDS, error=SECONDS),
        metadata={"description": "Also by stretches of so many seconds, which begin at multiples of it."},
    )


class StoredSchema(Schema):
    rows = fields.Integer(required=True)
    judged = fields.Integer(required=True, metadata={"description": "Rows whose truth is known."})
    bytes = fields.Integer(required=True)
    oldest = fields.String(required=True, allow_none=True, metadata=MOMENT)
    newest = fields.String(required=True, allow_none=True, metadata=MOMENT)


class SnapshotFiguresSchema(Schema):
    snapshot = fields.String(required=True)
    version = fields.Integer(required=True, allow_none=True)
    rows = fields.Integer(required=True)
    judged = fields.Integer(required=True)
    metrics = Plain(METRICS, required=True)


class WindowFiguresSchema(SnapshotFiguresSchema):
    since = fields.String(required=True, metadata=MOMENT)
    until = fields.String(required=True, metadata=MOMENT)


class MonitoringSchema(Schema):
    network = fields.String(required=True)
    answer_log = engine_fields(LogOfNetwork)["answer_log"]
    stored = fields.Nested(StoredSchema, required=True, metadata={"description": "All that is kept."})
    since = fields.String(required=True, allow_none=True, metadata=MOMENT)
    until = fields.String(required=True, allow_none=True, metadata=MOMENT)
    rows = fields.Integer(required=True, metadata={"description": "Rows looked at: the newest 20,000 at most."})
    truncated = fields.Boolean(required=True, metadata={"description": "Whether there are older ones, too."})
    snapshots = fields.List(fields.Nested(SnapshotFiguresSchema), required=True)
    windows = fields.List(fields.Nested(WindowFiguresSchema), required=True, metadata={"description": "With `every`."})


@blp.route("/networks/<network>/monitoring", operation_id="getMonitoring")
@blp.arguments(MonitoringQuery, location="query")
@blp.response(200, MonitoringSchema)
@blp.problems(404)
def show(query: dict[str, Any], network: str) -> Response:
    """Get how good the answers of a network were, by snapshot

    As far as `POST /feedback` has said what rows turned out to be.
    """
    return json_response(written(monitor(backend(), network, window_of(query), query.get("every"))))


def written(found: Monitoring) -> dict[str, Any]:
    return {
        "network": found.network.name,
        "answer_log": found.network.answer_log,
        "stored": _stored(found.stored),
        "since": moment(found.window.since),
        "until": moment(found.window.until),
        "rows": found.rows,
        "truncated": found.truncated,
        "snapshots": [_figures(group) for group in found.snapshots],
        "windows": [
            {**_figures(group), "since": moment(group.since), "until": moment(group.until)} for group in found.windows
        ],
    }


def moment(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(seconds)


def _stored(stored: StoredAnswers) -> dict[str, Any]:
    return {
        "rows": stored.rows,
        "judged": stored.judged,
        "bytes": stored.bytes,
        "oldest": moment(stored.oldest),
        "newest": moment(stored.newest),
    }


def _figures(group: Group) -> dict[str, Any]:
    return {
        "snapshot": group.snapshot_id,
        "version": group.version,
        "rows": group.rows,
        "judged": group.judged,
        "metrics": group.metrics,
    }
