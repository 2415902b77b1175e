"""The model repository of the Open Inference Protocol, as Triton extends it."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.foreign import ForeignBlueprint
from service.api.http.json_provider import json_response
from service.api.v2.bodies import read_object, typed
from service.operations.inference.repository import load, repository_index, unload
from service.operations.validation import invalid

blp = ForeignBlueprint("v2_repository", __name__)

#: Parameters of a load that would bring a model along.
FOREIGN = ("config", "file:")


@blp.serve("/v2/repository/index", operation_id="indexRepository", method="POST")
def index() -> Response:
    """Clients send no body, or whether they want only what is ready."""
    ready_only = typed(_read_fields(), "ready", bool, "true or false")
    return json_response(
        [
            {
                "name": entry.name,
                "version": entry.version,
                "state": "READY" if entry.is_ready else "UNAVAILABLE",
                "reason": entry.reason,
            }
            for entry in repository_index(backend())
            if entry.is_ready or not ready_only
        ]
    )


@blp.serve("/v2/repository/models/<model>/load", operation_id="loadModel", method="POST")
def load_model(model: str) -> Response:
    parameters = typed(_read_fields(), "parameters", dict, "an object") or {}
    for name in parameters:
        if name.startswith(FOREIGN):
            message = "is not supported: networks are made by POST /networks, and imported with their weights"
            raise invalid(("parameters", name), message)
    load(backend(), model)
    return json_response({})


@blp.serve("/v2/repository/models/<model>/unload", operation_id="unloadModel", method="POST")
def unload_model(model: str) -> Response:
    _read_fields()
    unload(backend(), model)
    return json_response({})


def _read_fields() -> dict[str, Any]:
    """The body, which may be left out; its Content-Type says nothing."""
    data = read_body()
    return read_object(data) if data else {}
