"""KServe's V1 protocol, the default of its client: rows as JSON in, one prediction per row out."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.foreign import ForeignBlueprint
from service.api.http.json_provider import json_response
from service.api.metrics import count_predictions
from service.api.predict.answer import answer
from service.api.v2 import bodies
from service.errors import FieldError, Invalid
from service.operations.inference.prediction import Prediction, predict_batch
from service.operations.inference.served import find_served, list_served
from service.operations.validation import invalid

blp = ForeignBlueprint("v1_models", __name__)


@blp.serve("/v1/models", operation_id="listServedModels")
def list_models() -> Response:
    return json_response({"models": list_served(backend())})


@blp.serve("/v1/models/<model>", operation_id="getServedModel")
def describe_model(model: str) -> Response:
    find_served(backend(), model)
    return json_response({"name": model, "ready": True})


@blp.serve("/v1/models/<model>:predict", operation_id="predictInstances", method="POST")
def predict_instances(model: str) -> Response:
    found = find_served(backend(), model)
    body = bodies.read_body(
        read_body(),
        encoding=request.headers.get("Content-Encoding"),
        header_length=None,
        max_bytes=backend().limits.max_body_bytes,
    ).json
    if "instances" not in body:
        raise invalid("instances", "is required: a list of rows")
    try:
        prediction = predict_batch(backend(), found, {"inputs": body["instances"]})
    except Invalid as error:
        raise Invalid(error.message, fields=[_renamed(field) for field in error.fields]) from error
    count_predictions(len(prediction.outputs))
    return json_response({"predictions": predictions(prediction)})


def predictions(prediction: Prediction) -> Any:
    """For each row its label, class or number; several targets by name; else the outputs."""
    parts = answer(prediction)
    by_target = parts.get("predictions")
    if by_target is not None:
        return [next(iter(row.values())) if len(row) == 1 else row for row in by_target]
    return parts.get("labels") or parts.get("classes") or parts["outputs"]


def _renamed(field: FieldError) -> FieldError:
    return FieldError(("instances", *field.path[1:]), field.message)
