"""`GET /predict` for one row, `POST /predict` for a batch."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from service.api.datasets import uploads
from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.fields import Flag, Plain, Strict, Text, WholeNumber
from service.api.http.formats import chosen
from service.api.http.json_provider import json_response
from service.api.http.problems import InvalidQuery
from service.api.http.row_schemas import INPUTS, ROW
from service.api.http.smorest import FILE, Blueprint, documented_parameter, only_documented
from service.api.metrics import count_predictions
from service.api.networks.snapshots import REFERENCE
from service.api.predict.answer import PredictionSchema, answer, as_csv
from service.api.predict.asked import Asked, asked_issues
from service.api.predict.query import FORMATS, predict_query, read_query
from service.data.table_rows import Csv
from service.data.tables.ingest import FileRows
from service.domain.versions import LIVE
from service.errors import FieldError, Invalid
from service.operations.inference.file_rows import read_file_rows
from service.operations.inference.prediction import predict_rows
from service.operations.validation import invalid_fields

blp = Blueprint("predict", __name__, tag="prediction")

TOP_K = "Also return the k most probable classes, best first."
INTERVAL = (
    "Between 0 and 1, such as 0.9: also return a range for each number, or a set of classes, that holds the true one "
    "in at least this share of rows. Needs weights that were trained with validation rows."
)
LEVEL = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
ATTRIBUTIONS = {
    "anyOf": [
        {"type": ["boolean", "null"]},
        {
            "type": "object",
            "properties": {
                "output": {
                    "anyOf": [{"type": "integer", "minimum": 0}, {"type": ["string", "null"]}],
                    "description": "The output to explain, by index or label. Default: the only output, or the "
                    "predicted class.",
                },
                "baseline": {
                    "anyOf": [ROW, {"type": "null"}],
                    "description": "The row to compare with, in the same form as `inputs`. Default: all zeros.",
                },
            },
            "additionalProperties": False,
        },
    ],
    "description": "Also return each input's contribution to the prediction, by integrated gradients.",
}
FEATURES = {
    "name": "features",
    "in": "query",
    "required": False,
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
    "description": "Instead of `x`, one argument per feature: `fat=0.2&salt=0.9`. With a table network, leave out "
    "columns that it can impute. A column called `network`, `snapshot` or `top_k`, or whose name begins with `_`, is "
    "asked for as `c.<name>`, which every column may be.",
}


class PredictArguments(Strict):
    """Documents what `read_query` accepts."""

    network = Text(metadata={"description": "By id or name. Required without `_model`."})
    model = Text(data_key="_model", metadata={"description": "Instead of a network: a model, by name or id."})
    snapshot = Text(load_default=LIVE, metadata={"description": REFERENCE})
    x = Text(metadata={"description": "One row: one number per input, separated by commas."})
    top_k = WholeNumber(metadata={"description": TOP_K, "minimum": 1})
    interval = Text(data_key="_interval", metadata={"description": INTERVAL})
    format = fields.String(
        data_key="_format",
        load_default="json",
        validate=validate.OneOf(FORMATS),
        metadata={"description": "`csv` answers a header and a line, for spreadsheets: no cell of it is a formula."},
    )


class PredictBody(Asked):
    snapshot = Text(load_default=LIVE, metadata={"description": REFERENCE})
    inputs = Plain(INPUTS, required=True)
    top_k = Plain(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "description": TOP_K}, allow_none=True
    )
    interval = Plain({"anyOf": [LEVEL, {"type": "null"}], "description": INTERVAL}, allow_none=True)
    attributions = Plain(ATTRIBUTIONS, allow_none=True)


class CsvQuery(Strict):
    """Query arguments that accompany a body other than JSON."""

    network = Text(metadata={"description": "By id or name, if the body is not JSON."})
    model = Text(metadata={"description": "Instead of a network: a model, by name or id."})
    #: Without a default: generated clients send those, and a JSON body has it inside.
    snapshot = Text(metadata={"description": f"{REFERENCE} Only if the body is not JSON. Default: `{LIVE}`."})
    top_k = WholeNumber(metadata={"description": TOP_K, "minimum": 1})
    interval = fields.Float(metadata={"description": INTERVAL})
    escape_formulas = Flag(
        load_default=False,
        metadata={
            "description": "In a CSV answer, prefix an apostrophe to texts that a spreadsheet would run as a formula."
        },
    )
    cells = Flag(
        load_default=False,
        metadata={
            "description": "If the answer is CSV: add the columns `imputed` and `unseen`, which name columns of the "
            "row that were imputed, and those with a category that the network does not know."
        },
    )


#: Bodies of typed columns, by media type: the format of the file.
COLUMNAR = {
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.file": "arrow",
    "application/vnd.apache.arrow.stream": "arrow",
}
BINARY = {"schema": FILE}

#: Where a CSV answer has its id.
ANSWER_ID = "X-Prediction-ID"
#: The only query arguments allowed with a JSON body: they concern a CSV answer.
CSV_ANSWER = {"escape_formulas", "cells"}

PARSER, BODY, QUERY = Blueprint.ARGUMENTS_PARSER, PredictBody(), CsvQuery()


@blp.route("/predict", operation_id="predict")
@only_documented
@documented_parameter(FEATURES)
@blp.arguments(PredictArguments, location="query")
@blp.response(200, PredictionSchema)
@blp.other_formats(FORMATS["csv"])
@blp.problems(404)
def predict_one() -> Response:
    """Predict one row

    Send the row as `x`, or as one argument per feature. Nothing is stored,
    unless the network keeps its answers: then the answer has an id.
    """
    asked = read_query(request.query_string.decode())
    prediction = predict_query(backend(), asked)
    count_predictions(1)
    if asked.format == "json":
        return json_response(answer(prediction))
    headers = {} if prediction.id is None else {ANSWER_ID: prediction.id}
    return Response(as_csv(prediction, escape_formulas=True), mimetype=FORMATS["csv"], headers=headers)


@blp.route("/predict", methods=["POST"], operation_id="predictBatch")
@only_documented
@blp.arguments(PredictBody)
@blp.arguments(CsvQuery, location="query")
@blp.response(200, PredictionSchema)
@blp.other_formats(FORMATS["csv"])
@blp.problems(400, 404, 406, 413, 415, 503)
@blp.doc(requestBody={"content": dict.fromkeys((FORMATS["csv"], *COLUMNAR), BINARY)})
def predict_many() -> Response:
    """Predict a batch of rows

    Rows are lists, objects by feature name, CSV with a header line, or a Parquet or Arrow file. With a body other than
    JSON, `network`, `snapshot` and `top_k` are query arguments. Columns that the network does not take, such as ids and
    the target, are ignored and listed. The Accept header chooses between a JSON answer and CSV; CSV reports imputed and
    unseen values with `cells=true`. Nothing is stored,
    unless the network keeps its answers: then the answer has an id.
    """
    wanted = chosen(FORMATS, None)
    body = read_request()
    of_csv = {name: body.pop(name) for name in CSV_ANSWER}
    if wanted == "csv" and body.get("attributions") not in (None, False):
        raise Invalid(
            fields=[FieldError(("attributions",), "are available only in JSON; request it with the Accept header")]
        )
    prediction = predict_rows(backend(), body)
    count_predictions(len(prediction.outputs))
    if wanted == "csv":
        headers = {} if prediction.id is None else {ANSWER_ID: prediction.id}
        return Response(as_csv(prediction, **of_csv), mimetype=FORMATS["csv"], headers=headers)
    return json_response(answer(prediction))


def read_request() -> dict[str, Any]:
    if request.mimetype == FORMATS["csv"]:
        return {**read_query_arguments(), "inputs": read_csv()}
    if request.mimetype in COLUMNAR:
        return {**read_query_arguments(), "inputs": read_file()}
    return read_json_request()


def read_json_request() -> dict[str, Any]:
    if misplaced := request.args.keys() - CSV_ANSWER:
        message = "belongs in the body if the body is JSON"
        raise InvalidQuery(fields=[FieldError((name,), message) for name in sorted(misplaced)])
    body: dict[str, Any] = PARSER.parse(BODY, request, location="json")
    query = PARSER.parse(QUERY, request, location="query")
    return {**body, **{name: query[name] for name in CSV_ANSWER}}


def read_query_arguments() -> dict[str, Any]:
    query: dict[str, Any] = {"snapshot": LIVE, **PARSER.parse(QUERY, request, location="query")}
    if issues := asked_issues(query):
        raise InvalidQuery(fields=[FieldError((name,), message) for name, message in issues.items()])
    return query


def read_csv() -> Csv:
    try:
        return Csv(read_body().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("The CSV must be encoded in UTF-8.") from error


def read_file() -> FileRows:
    """In a process of its own, as uploads are: a file may unpack to any size."""
    body, format = read_body(), COLUMNAR[request.mimetype]
    with uploads.reading_folder(backend()) as folder, invalid_fields("inputs"):
        return read_file_rows(backend(), body, folder, format=format)
