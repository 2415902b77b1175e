"""`GET /predict` for one row, `POST /predict` for a batch."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from flask import Response, request
from werkzeug.datastructures import MultiDict

from service.api.context import backend
from service.api.fields import Plain, Strict, Text, WholeNumber
from service.api.metrics import count_predictions
from service.api.predictions import PredictionSchema, written
from service.api.problems import InvalidQuery
from service.api.smorest import Blueprint, documented_parameter, only_documented
from service.api.snapshots import REFERENCE
from service.api.tables import INPUTS
from service.errors import FieldError
from service.operations.prediction import predict_row, predict_rows

blp = Blueprint("predict", __name__, description="Ask a network.")

TOP_K = "Also bring the k most probable classes, best first."
FEATURES = {
    "name": "features",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "number"}},
    "description": "Instead of `x`, one argument for each feature of the network: `fat=0.2&salt=0.9`.",
}


class PredictQuery(Strict):
    """Documents the arguments; `read_query` reads them, in a twentieth of the time."""

    network = Text(required=True, metadata={"description": "By id or by name."})
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})
    x = Text(metadata={"description": "One row: as many numbers as the network has inputs, with commas between."})
    top_k = WholeNumber(metadata={"description": TOP_K, "minimum": 1})


class PredictBody(Strict):
    network = Text(required=True, metadata={"description": "By id or by name."})
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})
    inputs = Plain(INPUTS, required=True)
    top_k = Plain({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "description": TOP_K})


class Query(NamedTuple):
    network: str
    snapshot: str
    top_k: int | None
    row: dict[str, str]  #: whatever else there is


@blp.route("/predict")
@only_documented
@documented_parameter(FEATURES)
@blp.arguments(PredictQuery, location="query")
@blp.response(200, PredictionSchema)
@blp.problems(404)
def predict_one() -> Response:
    """Predict for one row

    The row is `x`, or one argument for each feature. Nothing is stored.
    """
    query = read_query(request.args)
    prediction = predict_row(backend(), query.network, query.snapshot, query.row, query.top_k)
    count_predictions(1)
    return written(prediction)


@blp.route("/predict", methods=["POST"])
@blp.arguments(PredictBody)
@blp.response(200, PredictionSchema)
@blp.problems(400, 404, 413, 415)
def predict_many(body: dict[str, Any]) -> Response:
    """Predict for a batch of rows

    Nothing is stored.
    """
    prediction = predict_rows(backend(), body)
    count_predictions(len(prediction.outputs))
    return written(prediction)


def read_query(arguments: MultiDict[str, str]) -> Query:
    """Raises InvalidQuery."""
    faults = [FieldError((name,), "must be given once") for name, given in arguments.lists() if len(given) > 1]
    row = arguments.to_dict()
    network, snapshot, top_k = row.pop("network", None), row.pop("snapshot", "latest"), row.pop("top_k", None)
    if network is None:
        faults.append(FieldError(("network",), "is required"))
    if top_k is not None and not re.fullmatch("-?[0-9]{1,9}", top_k):
        faults.append(FieldError(("top_k",), "must be a whole number"))
    if faults or network is None:
        raise InvalidQuery(fields=faults)
    return Query(network, snapshot, None if top_k is None else int(top_k), row)
