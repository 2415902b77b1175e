"""A network with its preprocessing, its labels and its units as one ONNX model."""

from __future__ import annotations

import json

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
    """The model's file. `by_column`: an input and an output (rows,) for each column, as MLflow feeds them.

    Raises NotExportable.
    """
    reject_unknown(source, "onnx")
    if source.values.nbytes > MAX_WEIGHT_BYTES:
        raise NotExportable(f"an onnx file holds at most 2 GiB; the weights alone take {source.values.nbytes:,} bytes")
    graph = Graph(input_names(source, by_column=by_column), source.signature.target_names)
    x = encoded(source, graph, by_column=by_column)
    write_outputs(source, graph, outputs_of(source, x), by_column=by_column)
    file: bytes = graph.model(source.name, _about(source), VERSION).SerializeToString()
    return file


def _about(source: Source) -> dict[str, str]:
    about = {"feedforward.network": source.name, "feedforward.snapshot": source.snapshot}
    if source.signature.classifier is not None:
        about["feedforward.labels"] = json.dumps(source.signature.classifier.form.names)
    return about
