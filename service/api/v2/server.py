"""Health and metadata of the server, by the Open Inference Protocol."""

from __future__ import annotations

from flask import Response

from service.api.http.context import backend, whole_backend
from service.api.http.foreign import ForeignBlueprint
from service.api.http.json_provider import json_response
from service.domain.release import VERSION
from service.operations.health import is_ready, readiness
from service.operations.inference.served import list_served

blp = ForeignBlueprint("v2_server", __name__)

#: As Triton names them.
EXTENSIONS = [
    "binary_tensor_data",
    "classification",
    "model_configuration",
    "model_repository",
    "model_repository(unload_dependents)",
    "parameters",
    "statistics",
]


@blp.serve("/v2/health/live", operation_id="getInferenceLiveness")
def live() -> Response:
    return json_response({"live": True})


@blp.serve("/v2/health/ready", operation_id="getInferenceReadiness")
def ready() -> Response:
    """Whether the service can answer, as `/readyz` says it."""
    if is_ready(readiness(whole_backend())):
        return json_response({"live": True, "ready": True})
    return json_response({"live": True, "ready": False, "error": "The service is not ready; see /readyz."}, 503)


@blp.serve("/v2", "/v2/", operation_id="getInferenceServer")
def describe_server() -> Response:
    return json_response({"name": "feedforward", "version": VERSION, "extensions": EXTENSIONS})


@blp.serve("/v2/models", operation_id="listInferenceModels")
def list_models() -> Response:
    """Not in the protocol, but in KServe's server."""
    return json_response({"models": list_served(backend())})
