"""`GET /networks/{network}/drift`: how far new rows are from those of the training."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.http.context import backend
from service.api.http.fields import Plain, Text
from service.api.http.json_provider import json_response
from service.api.http.smorest import Blueprint
from service.api.http.times import Time
from service.api.jobs.event_docs import BARE_COLUMN
from service.api.monitoring.monitoring import MOMENT, moment
from service.api.monitoring.query import WindowQuery, window_of
from service.api.networks.snapshots import REFERENCE
from service.domain.monitoring import Watch
from service.domain.times import rfc3339
from service.monitoring.drift import Bin, ColumnDrift
from service.operations.monitoring.drift import DriftReport, DriftStatus, drift_of
from service.operations.monitoring.references import ReferenceSource
from service.operations.monitoring.watch import FAILED, named

blp = Blueprint("drift", __name__, tag="monitoring")

EDGE = {"type": ["number", "string", "null"]}
BIN = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["range", "word", "other", "missing"]},
        "above": {**EDGE, "description": "Of a range: its lower end, excluded; null: without end."},
        "up_to": {**EDGE, "description": "Its upper end, included; null: without end."},
        "word": {"type": ["string", "null"]},
        "expected": {"type": "number", "description": "Share of the training rows."},
        "actual": {"type": "number", "description": "Share of the new rows."},
    },
    "required": ["kind", "expected", "actual"],
}
KS = {
    "type": ["object", "null"],
    "properties": {"statistic": {"type": "number"}, "p_value": {"type": "number"}},
    "required": ["statistic", "p_value"],
    "description": "Of the two-sample test of Kolmogorov and Smirnov; null for words.",
}


class DriftQuery(WindowQuery):
    snapshot = Text(metadata={"description": f"{REFERENCE} Default: that of the newest answer."})


class ColumnDriftSchema(Schema):
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["number", "time", "category"]))
    psi = fields.Float(required=True, metadata={"description": "Population stability index."})
    drifted = fields.Boolean(required=True, metadata={"description": "Whether it is above a threshold of the network."})
    ks = Plain(KS, required=True)
    bins = Plain({"type": "array", "items": BIN}, required=True)


class WatchSchema(Schema):
    every = fields.Integer(required=True, metadata={"description": "Seconds between two looks."})
    next_at = Time(required=True)
    last_at = fields.String(
        required=True, allow_none=True, metadata={**MOMENT, "description": "When the last look began."}
    )
    last_status = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*(status.value for status in DriftStatus), FAILED]),
        metadata={"description": "What it found; `last_error` says why a look has `failed`."},
    )
    last_error = fields.String(required=True, allow_none=True)
    above = fields.List(
        Plain(BARE_COLUMN),
        required=True,
        metadata={"description": "Columns of this snapshot that were warned of and not found below since."},
    )


class ReferenceSchema(Schema):
    source = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([source.value for source in ReferenceSource]),
        metadata={
            "description": "`snapshot`: kept when the weights were trained. `same_weights`: kept with another snapshot "
            "of the same weights. `training_rows`: computed later from the rows of its job. Null: there is none, or no "
            "row to compare."
        },
    )
    snapshot = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why there is no reference."})


class DriftSchema(Schema):
    """Documents what `written` returns."""

    network = fields.String(required=True)
    snapshot = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf([status.value for status in DriftStatus]),
        metadata={
            "description": "`too_few`: fewer rows than `min_rows`. `no_reference`: the training rows of this snapshot "
            "are not known; `reference` says why."
        },
    )
    since = fields.String(required=True, allow_none=True, metadata=MOMENT)
    until = fields.String(required=True, allow_none=True, metadata=MOMENT)
    rows = fields.Integer(required=True, metadata={"description": "New rows that were compared."})
    truncated = fields.Boolean(required=True, metadata={"description": "Whether there are older ones, too."})
    reference_rows = fields.Integer(required=True, allow_none=True, metadata={"description": "Training rows."})
    reference = fields.Nested(ReferenceSchema, required=True)
    psi = fields.Float(required=True, metadata={"description": "The network's threshold."})
    ks = fields.Float(required=True, allow_none=True, metadata={"description": "That of the statistic; null: none."})
    min_rows = fields.Integer(required=True)
    columns = fields.List(fields.Nested(ColumnDriftSchema), required=True)
    answers = fields.List(fields.Nested(ColumnDriftSchema), required=True)
    watch = fields.Nested(WatchSchema, required=True, allow_none=True, metadata={"description": "Null: nobody looks."})


@blp.route("/networks/<network>/drift", operation_id="getDrift")
@blp.arguments(DriftQuery, location="query")
@blp.response(200, DriftSchema)
@blp.problems(404)
def show(query: dict[str, Any], network: str) -> Response:
    """Compare the rows that a network was asked for with those of its training

    Per input column and for the answers: the population stability index, the test of Kolmogorov and Smirnov, and the
    shares of both by bin. The rows are those of the network's log of answers.
    """
    report = drift_of(backend(), network, window_of(query), query.get("snapshot"))
    watch = backend().storage.get_watch(report.network.id)
    return json_response(written(report) | {"watch": None if watch is None else _watch(watch, report.snapshot_id)})


def _watch(watch: Watch, snapshot_id: str | None) -> dict[str, Any]:
    return {
        "every": int(watch.every_seconds),
        "next_at": rfc3339(watch.next_at),
        "last_at": moment(watch.last_at),
        "last_status": watch.last_status,
        "last_error": watch.last_error,
        "above": [named(column) for column in watch.drifted.get(snapshot_id or "", ())],
    }


def written(report: DriftReport) -> dict[str, Any]:
    return {
        "network": report.network.name,
        "snapshot": report.snapshot_id,
        "version": report.version,
        "status": report.status,
        "since": moment(report.window.since),
        "until": moment(report.window.until),
        "rows": report.rows,
        "truncated": report.truncated,
        "reference_rows": report.reference_rows,
        "reference": {
            "source": report.reference.source,
            "snapshot": report.reference.snapshot_id,
            "reason": report.reference.reason,
        },
        "psi": report.settings.psi,
        "ks": report.settings.ks,
        "min_rows": report.settings.min_rows,
        "columns": [_column(report, column) for column in report.columns],
        "answers": [_column(report, column) for column in report.answers],
    }


def _column(report: DriftReport, column: ColumnDrift) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind,
        "psi": column.psi,
        "drifted": report.is_above(column),
        "ks": None if column.ks is None else column.ks._asdict(),
        "bins": [_bin(column.kind, each) for each in column.bins],
    }


def _bin(kind: str, each: Bin) -> dict[str, Any]:
    shares = {"kind": each.kind, "expected": each.expected, "actual": each.actual}
    if each.kind == "range":
        return {**shares, "above": _edge(kind, each.above), "up_to": _edge(kind, each.up_to)}
    return {**shares, "word": each.word} if each.kind == "word" else shares


def _edge(kind: str, edge: float | None) -> float | str | None:
    """A time is kept as microseconds."""
    return rfc3339(edge / 1e6) if kind == "time" and edge is not None else edge
