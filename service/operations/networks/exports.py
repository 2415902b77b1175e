"""Write a network with the weights of a snapshot as one file that other programs run."""

from __future__ import annotations

from service.exports.program.file import program
from service.exports.source import Source
from service.operations.models.models import Model
from service.operations.networks.optional import needs_onnx
from service.operations.validation import invalid_fields


def onnx_file(model: Model, *, by_column: bool) -> bytes:
    """An ONNX model. Raises Invalid where the network has a part that ONNX cannot hold, and NotInstalled."""
    with needs_onnx():
        from service.exports.onnx.model import onnx_model
    with invalid_fields():
        return onnx_model(source_of(model), by_column=by_column)


def python_file(model: Model) -> str:
    """A program for NumPy. Raises Invalid where the network has a part that it cannot hold."""
    with invalid_fields():
        return program(source_of(model))


def source_of(model: Model) -> Source:
    return Source(model.record.name, model.snapshot.id, model.signature, model.values, model.temperature)
