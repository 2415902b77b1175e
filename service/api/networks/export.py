"""Networks over HTTP as files that other programs run without the service."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from service.api.http.context import backend
from service.api.http.fields import Strict, Text, WholeNumber
from service.api.http.formats import chosen, format_field
from service.api.http.smorest import FILE, Blueprint
from service.api.networks.snapshots import REFERENCE
from service.domain.versions import LIVE
from service.errors import FieldError, NotFound
from service.operations.models.models import Model, load_model
from service.operations.networks import exports
from service.operations.validation import invalid

blp = Blueprint("export", __name__, tag="snapshots")

ONNX = "application/octet-stream"  #: ONNX has no registered media type of its own
PYTHON = "text/x-python"
ZIP = "application/zip"
FORMATS = {"onnx": ONNX, "python": PYTHON, "mlflow": ZIP}
MATRIX, COLUMNS = "matrix", "columns"


class ExportQuery(Strict):
    format = format_field(FORMATS)
    snapshot = Text(metadata={"description": f"{REFERENCE} By default `live`, from which predictions come."})
    version = WholeNumber(
        validate=validate.Range(min=1, max=2**31 - 1),
        metadata={"description": "The number of a version, instead of `snapshot`."},
    )
    layout = fields.String(
        validate=validate.OneOf((MATRIX, COLUMNS)),
        metadata={
            "description": "Of `onnx`. `matrix`, the default: inputs and outputs (rows, width), one for each column of "
            "a table. `columns`: all of them (rows,), one for each number, label and probability."
        },
    )
    interval = fields.Float(
        metadata={
            "description": "A share of rows, above 0 and below 1. The file also gives prediction intervals, or sets of "
            "classes, that hold the true value in at least that share, as `interval` of `POST /predict` does."
        }
    )


@blp.route("/networks/<network>/export", operation_id="exportNetwork")
@blp.arguments(ExportQuery, location="query")
@blp.alt_response(200, schema=FILE, content_type=ONNX, success=True)
@blp.other_formats(PYTHON, ZIP)
@blp.problems(404, 406, 501, 503)
def show(query: dict[str, Any], network: str) -> Response:
    """Export a network with its weights, preprocessing and labels as one file

    `onnx` is for ONNX Runtime and whatever else reads it: opset 17, ai.onnx.ml 3. `python` is a program that needs
    NumPy alone: `predict(rows)`, `predict_proba(rows)`, and CSV on the command line. `mlflow` is a zip of a folder that
    MLflow loads and predicts with. See docs/exports.md.
    """
    name = chosen(FORMATS, query.get("format"))
    model, level = asked_model(network, query), query.get("interval")
    if name == "onnx":
        file = exports.onnx_file(model, by_column=query.get("layout") == COLUMNS, level=level)
        return attachment(model, file, "onnx", ONNX)
    if "layout" in query:
        raise invalid("layout", "must not be given: only format=onnx has layouts")
    if name == "mlflow":
        return attachment(model, exports.mlflow_file(model, level=level), "zip", ZIP)
    return attachment(model, exports.python_file(model, level=level), "py", PYTHON)


def asked_model(network: str, query: dict[str, Any]) -> Model:
    """The network with the weights that are meant."""
    if "version" not in query:
        return load_model(backend(), network, query.get("snapshot", LIVE))
    if "snapshot" in query:
        raise invalid("version", "must not be given with snapshot: both say which weights are meant")
    try:
        return load_model(backend(), network, str(query["version"]))
    except NotFound as error:
        if not error.fields:
            raise
        raise NotFound(error.message, fields=[FieldError(("version",), "names no version")]) from error


def attachment(model: Model, body: bytes | str, suffix: str, media_type: str) -> Response:
    """A file that is called by the network and its snapshot."""
    name = f"{model.record.name}-{model.snapshot.id}.{suffix}"
    return Response(body, mimetype=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
