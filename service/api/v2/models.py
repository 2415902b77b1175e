"""Models by the Open Inference Protocol: ready or not, their metadata, and inference."""

from __future__ import annotations

from flask import Response, request

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.foreign import ForeignBlueprint, versioned
from service.api.http.json_provider import json_response
from service.api.metrics import count_predictions
from service.api.v2.bodies import HEADER_LENGTH
from service.api.v2.described import metadata
from service.api.v2.inference import Received, infer
from service.operations.inference.served import find_served, served_versions

blp = ForeignBlueprint("v2_models", __name__)


@blp.serve(*versioned("/ready"), operation_id="getInferenceModelReadiness")
def model_ready(model: str, version: str | None = None) -> Response:
    find_served(backend(), model, version)
    return json_response({"name": model, "ready": True})


@blp.serve(*versioned(""), operation_id="getInferenceModel")
def describe_model(model: str, version: str | None = None) -> Response:
    found = find_served(backend(), model, version)
    return json_response(metadata(found, found.served_as or found.record.name, served_versions(backend(), found)))


@blp.serve(*versioned("/infer"), operation_id="infer", method="POST")
def infer_model(model: str, version: str | None = None) -> Response:
    found = find_served(backend(), model, version)
    received = Received(read_body(), request.headers.get("Content-Encoding"), request.headers.get(HEADER_LENGTH))
    answer = infer(backend(), found, received)
    count_predictions(answer.rows)
    return Response(answer.body, headers=answer.headers)
