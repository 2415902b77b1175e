"""`GET /networks/{network}/diff`: what differs between two versions or snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.numbers import NONFINITE, nonfinite
from service.api.http.smorest import Blueprint
from service.api.networks.snapshots import REFERENCE
from service.operations.inference.evaluation import Evaluation
from service.operations.models.comparison import Comparison, Side, compare
from service.operations.models.json_differences import MAX_LISTED, Difference
from service.operations.models.weight_changes import WeightChange

blp = Blueprint("diff", __name__, tag="versions")

NUMBER = {"type": ["number", "null"]}
CHANGES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"path": {"type": "string", "description": "JSON pointer."}, "from": {}, "to": {}},
        "required": ["path", "from", "to"],
    },
    "description": f"At most {MAX_LISTED}.",
}
WEIGHTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "from_shape": {"type": ["array", "null"], "items": {"type": "integer"}},
            "to_shape": {"type": ["array", "null"], "items": {"type": "integer"}},
            "from_norm": NUMBER,
            "to_norm": NUMBER,
            "change": {**NUMBER, "description": "The norm of the difference; null where the shapes differ."},
            "relative": {**NUMBER, "description": "`change` divided by `from_norm`."},
        },
        "required": ["name", "from_shape", "to_shape", "from_norm", "to_norm", "change", "relative"],
    },
    "description": "Every tensor of every layer.",
}
FIGURES = {
    "type": "object",
    "properties": {"loss": NUMBER, "metrics": {"type": "object", "additionalProperties": NUMBER}},
    "required": ["loss", "metrics"],
}
METRICS = {
    "type": ["object", "null"],
    "properties": {
        "evaluated_on": {"type": "string", "description": "The part of the rows: `test` or `validation`."},
        "job": {"type": "string", "description": "The training that held them out."},
        "rows": {"type": "integer"},
        "from": FIGURES,
        "to": FIGURES,
    },
    "description": "Both judged on the same rows: those that the training of `to` held out.",
}
SIDE = {
    "type": "object",
    "properties": {
        "network": {"type": "string"},
        "snapshot": {"type": "string"},
        "version": {"type": ["integer", "null"]},
        "job": {"type": ["string", "null"]},
        "epoch": {"type": "integer"},
        "kind": {"type": "string"},
    },
    "required": ["network", "snapshot", "version", "job", "epoch", "kind"],
}


class DiffQuery(Strict):
    before = Text(required=True, data_key="from", metadata={"description": REFERENCE})
    after = Text(required=True, data_key="to", metadata={"description": REFERENCE})
    to_network = Text(metadata={"description": "The network of `to`, by id or name. Default: the same network."})


DiffSchema = Schema.from_dict(
    {
        "from": Plain(SIDE, required=True),
        "to": Plain(SIDE, required=True),
        **{name: Plain(CHANGES, required=True) for name in ("spec", "options", "data", "preprocessing")},
        "metrics": Plain(METRICS, required=True),
        "metrics_missing": fields.String(metadata={"description": "Why there are no metrics."}),
        "weights": Plain(WEIGHTS, required=True),
        "nonfinite": Plain(NONFINITE),
    },
    name="DiffSchema",
)


@blp.route("/networks/<network>/diff", operation_id="compareVersions")
@blp.arguments(DiffQuery, location="query")
@blp.response(200, DiffSchema)
@blp.problems(404)
def show(query: dict[str, Any], network: str) -> Response:
    """Compare two versions or snapshots

    Says where spec, training options, data and preprocessing differ, judges both on the same held-out rows, and
    measures how far the weights of each layer lie apart. Nothing is stored.
    """
    return written(compare(backend(), network, (query["before"], query["after"]), query.get("to_network")))


def written(found: Comparison) -> Response:
    answer: dict[str, Any] = {
        "from": side(found.before),
        "to": side(found.after),
        "spec": changes(found.spec),
        "options": changes(found.options),
        "data": changes(found.data),
        "preprocessing": changes(found.preprocessing),
        "metrics": None if found.evaluations is None else metrics(*found.evaluations),
        **({} if found.why_not is None else {"metrics_missing": found.why_not}),
        "weights": [weight(change) for change in found.weights],
    }
    if kinds := nonfinite({name: answer[name] for name in ("metrics", "weights")}):
        answer["nonfinite"] = kinds
    return json_response(answer)


def side(one: Side) -> dict[str, Any]:
    snapshot = one.model.snapshot
    return {
        "network": one.model.record.name,
        "snapshot": snapshot.id,
        "version": snapshot.version,
        "job": snapshot.job_id,
        "epoch": snapshot.epoch,
        "kind": snapshot.kind,
    }


def changes(found: Sequence[Difference]) -> list[dict[str, Any]]:
    return [{"path": one.path, "from": one.before, "to": one.after} for one in found]


def metrics(before: Evaluation, after: Evaluation) -> dict[str, Any]:
    figures = [{"loss": one.loss, "metrics": dict(one.metrics)} for one in (before, after)]
    job = None if after.on.job is None else after.on.job.id
    return {"evaluated_on": after.on.rows, "job": job, "rows": after.rows, "from": figures[0], "to": figures[1]}


def weight(change: WeightChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "from_shape": change.shapes[0],
        "to_shape": change.shapes[1],
        "from_norm": change.norms[0],
        "to_norm": change.norms[1],
        "change": change.change,
        "relative": change.relative,
    }
