"""`GET /predict` for one row, `POST /predict` for a batch."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.fields import Plain, Strict, Text, WholeNumber
from service.api.http.formats import chosen
from service.api.http.json_provider import json_response
from service.api.http.problems import InvalidQuery
from service.api.http.row_schemas import INPUTS, ROW
from service.api.http.smorest import Blueprint, documented_parameter, only_documented
from service.api.metrics import count_predictions
from service.api.networks.snapshots import REFERENCE
from service.api.predict.answer import PredictionSchema, answer, as_csv
from service.api.predict.query import answer_query
from service.data.table_rows import Csv
from service.errors import FieldError, Invalid
from service.operations.inference.prediction import predict_rows

blp = Blueprint("predict", __name__, tag="inference")

TOP_K = "Also bring the k most probable classes, best first."
FORMATS = {"json": "application/json", "csv": "text/csv"}
ATTRIBUTIONS = {
    "anyOf": [
        {"type": ["boolean", "null"]},
        {
            "type": "object",
            "properties": {
                "output": {
                    "anyOf": [{"type": "integer", "minimum": 0}, {"type": ["string", "null"]}],
                    "description": "Which output, by index or label; else the only one, or that of the row's class.",
                },
                "baseline": {
                    "anyOf": [ROW, {"type": "null"}],
                    "description": "The row to compare with, written as the rows are; else all zeros.",
                },
            },
            "additionalProperties": False,
        },
    ],
    "description": "Also say what each input has to do with the answer, by integrated gradients.",
}
FEATURES = {
    "name": "features",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
    "description": "Instead of `x`, one argument for each feature: `fat=0.2&salt=0.9`. Of a network that "
    "speaks the names of a table, those it can do without may be left out.",
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
    top_k = Plain(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "description": TOP_K}, allow_none=True
    )
    attributions = Plain(ATTRIBUTIONS, allow_none=True)


class CsvQuery(Strict):
    """Where the body is CSV."""

    network = Text(metadata={"description": "By id or by name, where the body is CSV."})
    snapshot = Text(load_default="latest", metadata={"description": REFERENCE})
    top_k = WholeNumber(metadata={"description": TOP_K, "minimum": 1})


PARSER, BODY, QUERY = Blueprint.ARGUMENTS_PARSER, PredictBody(), CsvQuery()


@blp.route("/predict", operation_id="predict")
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


@blp.route("/predict", methods=["POST"], operation_id="predictBatch")
@only_documented
@blp.arguments(PredictBody)
@blp.arguments(CsvQuery, location="query")
@blp.response(200, PredictionSchema)
@blp.other_formats(FORMATS["csv"])
@blp.problems(400, 404, 406, 413, 415)
@blp.doc(requestBody={"content": {FORMATS["csv"]: {"schema": {"type": "string", "format": "binary"}}}})
def predict_many() -> Response:
    """Predict for a batch of rows

    Rows are lists, objects by feature name, or CSV with a line of names; a CSV body leaves network, snapshot and top_k
    to the query. By the Accept header the answer is JSON, or CSV, which does not tell what was imputed or unseen.
    Nothing is stored.
    """
    wanted = chosen(FORMATS, None)
    body = read_csv_request() if request.mimetype == FORMATS["csv"] else read_json_request()
    if wanted == "csv" and body.get("attributions") not in (None, False):
        raise Invalid(fields=[FieldError(("attributions",), "are told in JSON; ask for it by the Accept header")])
    prediction = predict_rows(backend(), body)
    count_predictions(len(prediction.outputs))
    if wanted == "csv":
        return Response(as_csv(prediction), mimetype=FORMATS["csv"])
    return json_response(answer(prediction))


def read_json_request() -> dict[str, Any]:
    if request.args:
        message = "belongs into the body, where that is JSON"
        raise InvalidQuery(fields=[FieldError((name,), message) for name in request.args])
    body: dict[str, Any] = PARSER.parse(BODY, request, location="json")
    return body


def read_csv_request() -> dict[str, Any]:
    query: dict[str, Any] = PARSER.parse(QUERY, request, location="query")
    if "network" not in query:
        raise InvalidQuery(fields=[FieldError(("network",), "is required")])
    try:
        return {**query, "inputs": Csv(read_body().decode("utf-8-sig"))}
    except UnicodeDecodeError as error:
        raise Invalid("The CSV must be UTF-8; save it so, and send it again.") from error
