"""A network with its preprocessing, its labels and its units as one ONNX model."""

from __future__ import annotations

import json

import onnx

from service.domain.release import VERSION
from service.exports.known import reject_unknown
from service.exports.onnx.graph import Graph
from service.exports.onnx.inputs import encoded, input_names
from service.exports.onnx.layers import outputs_of
from service.exports.onnx.outputs import write_outputs
from service.exports.source import NotExportable, Source

#: Protocol buffers hold no more; preprocessing and names take less than the difference.
MAX_WEIGHT_BYTES = 2**31 - 2**26


def onnx_model(source: Source, *, by_column: bool) -> bytes:
    """The model's file. `by_column`: an input and an output (rows,) for each column. Raises NotExportable."""
    file: bytes = build(source, by_column=by_column, flat=by_column).SerializeToString()
    return file


def build(source: Source, *, by_column: bool, flat: bool) -> onnx.ModelProto:
    """`by_column`: an input and an output for each column. `flat`: an input of one column is (rows,) rather than
    (rows, 1). Raises NotExportable."""
    reject_unknown(source, "onnx")
    if source.values.nbytes > MAX_WEIGHT_BYTES:
        raise NotExportable(f"an onnx file holds at most 2 GiB; the weights alone take {source.values.nbytes:,} bytes")
    graph = Graph(input_names(source, by_column=by_column), source.signature.target_names)
    x = encoded(source, graph, by_column=by_column, flat=flat)
    write_outputs(source, graph, outputs_of(source, x), by_column=by_column)
    return graph.model(source.name, _about(source), VERSION)


def _about(source: Source) -> dict[str, str]:
    about = {"feedforward.network": source.name, "feedforward.snapshot": source.snapshot}
    if source.signature.classifier is not None:
        about["feedforward.labels"] = json.dumps(source.signature.classifier.form.names)
    if source.coverage is not None:
        about["feedforward.interval"] = repr(source.coverage.level)
    return about
