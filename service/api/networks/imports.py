"""Networks over HTTP from the model files of other programs."""

from __future__ import annotations

import hashlib

from flask import Response, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.idempotency import PARAMETER, answer_once, requested_key
from service.api.http.json_provider import json_response
from service.api.http.smorest import FILE, LOCATION, Blueprint, header
from service.api.networks.network_schemas import WRITE_NETWORK, NetworkSchema
from service.errors import FieldError, Invalid
from service.operations import names
from service.operations.networks.imports import import_onnx

blp = Blueprint("imports", __name__, tag="networks")

FORM = "multipart/form-data"
MODEL, DATA, NAME = "model", "data", "name"
SCHEMA = {
    "type": "object",
    "properties": {
        MODEL: {**FILE, "description": "The ONNX file."},
        DATA: {**FILE, "description": "The file of its external weights (`model.onnx.data`), if it has one."},
        NAME: {"type": "string", "pattern": names.NAME_PATTERN, "description": "What the network is to be called."},
    },
    "required": [MODEL, NAME],
    "additionalProperties": False,
}


@blp.route("/networks/import", methods=["POST"], operation_id="importNetwork")
@header(PARAMETER)
@blp.response(201, NetworkSchema, headers=LOCATION)
@blp.problems(400, 409, 413, 415, 501)
@blp.doc(requestBody={"required": True, "content": {FORM: {"schema": SCHEMA}}})
def create() -> Response:
    """Import a model of PyTorch, scikit-learn or Keras from an ONNX file

    Chains of dense layers, activations and normalisations become a network that can be trained on. What is no part of
    such a chain is rejected with the name and the place of its node. See docs/exports.md.
    """
    form = read_form()
    stands_for = b"".join(hashlib.sha256(form.get(field, b"")).digest() for field in (MODEL, DATA, NAME))
    return answer_once(requested_key(lambda: stands_for), lambda: made(form))


def made(form: dict[str, bytes]) -> Response:
    view = import_onnx(backend(), form[NAME].decode(errors="replace"), form[MODEL], form.get(DATA))
    response = json_response(WRITE_NETWORK(view), 201)
    response.headers["Location"] = url_for("networks.show", network=view.network.id)
    return response


def read_form() -> dict[str, bytes]:
    """The parts of the form by field, whether they are sent as files or as texts. Raises Invalid."""
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"Send a form, {FORM}: curl -F model=@model.onnx -F name=mine …")
    read_body()
    parts: list[tuple[str, bytes]] = [(name, text.encode()) for name, text in request.form.items(multi=True)]
    parts += [(name, part.stream.read()) for name, part in request.files.items(multi=True)]
    given = dict(parts)
    issues = [FieldError((name,), "is required") for name in (MODEL, NAME) if not given.get(name)]
    issues += [
        FieldError((name,), f"is no field of this form; known: {MODEL}, {DATA}, {NAME}")
        for name in given
        if name not in (MODEL, DATA, NAME)
    ]
    if len(parts) > len(given):
        issues.append(FieldError((), "must have each field once"))
    if issues:
        raise Invalid(fields=issues)
    return given
