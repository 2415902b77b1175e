"""Models by the Open Inference Protocol: ready or not, metadata, configuration, statistics, and inference."""

from __future__ import annotations

from time import perf_counter

from flask import Response, request

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.foreign import ForeignBlueprint, versioned
from service.api.http.json_provider import json_response
from service.api.metrics import count_predictions
from service.api.v2.bodies import HEADER_LENGTH
from service.api.v2.described import configuration, metadata
from service.api.v2.inference import Received, infer
from service.api.v2.statistics import label_of, shown, statistics
from service.errors import NotFound
from service.operations.inference.served import find_served, served_name, served_versions

blp = ForeignBlueprint("v2_models", __name__)


@blp.serve(*versioned("/ready"), operation_id="getInferenceModelReadiness")
def model_ready(model: str, version: str | None = None) -> Response:
    find_served(backend(), model, version)
    return json_response({"name": model, "ready": True})


@blp.serve(*versioned(""), operation_id="getInferenceModel")
def describe_model(model: str, version: str | None = None) -> Response:
    found = find_served(backend(), model, version)
    return json_response(metadata(found, served_versions(backend(), found)))


@blp.serve(*versioned("/config"), operation_id="getInferenceModelConfiguration")
def configure_model(model: str, version: str | None = None) -> Response:
    found = find_served(backend(), model, version)
    return json_response(configuration(found))


@blp.serve("/v2/models/stats", operation_id="listInferenceStatistics")
def list_statistics() -> Response:
    """Of every network that was asked."""
    rows = []
    for (network_id, version), figures in statistics().figures().items():
        try:
            name = backend().storage.get_network(network_id).name
        except NotFound:  # deleted since, or not for this caller
            continue
        rows.append(shown(name, version, figures))
    return json_response({"model_stats": rows})


@blp.serve(*versioned("/stats"), operation_id="getInferenceStatistics")
def model_statistics(model: str, version: str | None = None) -> Response:
    """Of all versions of a network, or of one."""
    found = find_served(backend(), model, version)
    figures, name, own = statistics().figures(), served_name(found), label_of(found)
    versions = {label: these for (network_id, label), these in figures.items() if network_id == found.record.id}
    if version is not None or not versions:
        versions = {own: versions.get(own, {})}
    return json_response({"model_stats": [shown(name, label, these) for label, these in sorted(versions.items())]})


@blp.serve(*versioned("/infer"), operation_id="infer", method="POST")
def infer_model(model: str, version: str | None = None) -> Response:
    found, began = find_served(backend(), model, version), perf_counter()
    received = Received(read_body(), request.headers.get("Content-Encoding"), request.headers.get(HEADER_LENGTH))
    try:
        answer = infer(backend(), found, received, statistics())
    except Exception:
        statistics().count_failure(found, perf_counter() - began)
        raise
    count_predictions(answer.rows)
    return Response(answer.body, headers=answer.headers)
