"""`POST /predict` from its JSON to its answer, by hand: a schema would take longer than the network."""

from __future__ import annotations

import orjson

from service.api.http.json_provider import encode
from service.api.predict.answer import answer
from service.domain.versions import LIVE
from service.operations.backend import Backend
from service.operations.inference.prediction import predict_rows

FIELDS = frozenset({"network", "model", "snapshot", "inputs", "top_k"})


def answer_body(backend: Backend, body: bytes) -> tuple[bytes, int]:
    """The answer, and for how many rows it is. Raises ValueError for what needs the schema's words."""
    request = orjson.loads(body)
    if type(request) is not dict or not request.keys() <= FIELDS or "inputs" not in request:
        raise ValueError
    if ("network" in request) == ("model" in request):
        raise ValueError
    request.setdefault("snapshot", LIVE)
    asked = ("network" if "network" in request else "model", "snapshot")
    if not all(type(request[name]) is str and "\0" not in request[name] for name in asked):
        raise ValueError
    prediction = predict_rows(backend, request)
    return encode(answer(prediction, as_json=True)), len(prediction.outputs)
