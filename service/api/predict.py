"""`GET /predict` for one row, `POST /predict` for a batch."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from service.api.context import backend
from service.api.fields import Plain, Strict, Text, WholeNumber
from service.api.json_provider import json_response
from service.api.metrics import count_predictions
from service.api.predict_query import answer_query
from service.api.predictions import PredictionSchema, answer
from service.api.smorest import Blueprint, documented_parameter, only_documented
from service.api.snapshots import REFERENCE
from service.api.tables import INPUTS
from service.operations.prediction import predict_rows

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


class PredictArguments(Strict):
    """Documents what `read_query` reads."""

    network = Text(required=True, metadata={"description": "By id or by name."})
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})
    x = Text(metadata={"description": "One row: as many numbers as the network has inputs, with commas between."})
    top_k = WholeNumber(metadata={"description": TOP_K, "minimum": 1})


class PredictBody(Strict):
    network = Text(required=True, metadata={"description": "By id or by name."})
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})
    inputs = Plain(INPUTS, required=True)
    top_k = Plain({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "description": TOP_K})


@blp.route("/predict")
@only_documented
@documented_parameter(FEATURES)
@blp.arguments(PredictArguments, location="query")
@blp.response(200, PredictionSchema)
@blp.problems(404)
def predict_one() -> Response:
    """Predict for one row

    The row is `x`, or one argument for each feature. Nothing is stored.
    """
    body = answer_query(backend(), request.query_string)
    count_predictions(1)
    return Response(body, mimetype="application/json")


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
    return json_response(answer(prediction))
