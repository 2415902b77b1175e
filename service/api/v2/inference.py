"""An inference request from its bytes to the bytes of its answer, without Flask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import getrandbits
from time import perf_counter
from typing import Any, NamedTuple

from service.api.http.fast_path import JSON, Answer
from service.api.http.json_provider import encode
from service.api.v2.bodies import HEADER_LENGTH, Body, read_body, typed
from service.api.v2.statistics import InferenceStatistics, Times
from service.data.open_inference.datatypes import DATATYPES
from service.data.open_inference.outputs import Values, classification, to_bytes
from service.data.open_inference.tensor import read_tensors
from service.data.preprocessing.report import Cells
from service.operations.backend import Backend
from service.operations.inference.prediction import Prediction
from service.operations.inference.served import served_name, version_name
from service.operations.inference.tensors import OutputTensors, keep_answer, predict_tensors
from service.operations.models.models import Model
from service.operations.validation import invalid, invalid_fields
from service.schema.rules import unknown

OCTETS = "application/octet-stream"


class Received(NamedTuple):
    """What an inference request brings besides its path."""

    data: bytes
    encoding: str | None  #: Content-Encoding
    header_length: str | None  #: Inference-Header-Content-Length


@dataclass(frozen=True)
class Wanted:
    """One output of the request."""

    name: str
    is_binary: bool
    classes: Any = None  #: that many of the most probable ones, as texts


def infer(backend: Backend, model: Model, received: Received, statistics: InferenceStatistics) -> Answer:
    """Raises BadRequest, BodyTooLarge and Invalid."""
    began = perf_counter()
    body = read_body(
        received.data,
        encoding=received.encoding,
        header_length=received.header_length,
        max_bytes=backend.limits.max_body_bytes,
    )
    request_id = typed(body.json, "id", str, "a text")
    wanted = read_wanted(body, [spec.name for spec in model.signature.outputs])
    with invalid_fields("inputs"):
        tensors = read_tensors(body.json.get("inputs"), body.tail)
    read = perf_counter()
    prediction = predict_tensors(backend, model, tensors)
    predicted = perf_counter()
    head, tail = write_outputs(OutputTensors(prediction), wanted)
    prediction = keep_answer(backend, prediction, tensors)
    answered = {
        "model_name": served_name(model),
        "model_version": version_name(model),
        "id": request_id or f"{getrandbits(128):032x}",
        **noted(prediction),
        "outputs": head,
    }
    answer = joined(encode(answered), tail, len(prediction.outputs))
    statistics.count(model, answer.rows, Times(read - began, predicted - read, perf_counter() - predicted))
    return answer


def joined(head: bytes, tail: Sequence[bytes], rows: int) -> Answer:
    """Without binary outputs the answer is JSON, and must not name its length: a client would look for tensors."""
    body = b"".join((head, *tail))
    headers = [("Content-Type", OCTETS if tail else JSON), ("Content-Length", str(len(body)))]
    if tail:
        headers.append((HEADER_LENGTH, str(len(head))))
    return Answer(body, headers, rows)


# -- which outputs -------------------------------------------------------------------------------------------------


def read_wanted(body: Body, known: Sequence[str]) -> list[Wanted]:
    """The outputs that a request lists, else all. Raises Invalid."""
    parameters = typed(body.json, "parameters", dict, "an object") or {}
    is_binary = typed(parameters, "binary_data_output", bool, "true or false", "parameters") or False
    listed = typed(body.json, "outputs", list, "a list")
    if not listed:
        return [Wanted(name, is_binary) for name in known]
    if len(listed) > len(known):
        raise invalid("outputs", f"must name each output once: there are {len(known)}, and {len(listed):,} are listed")
    found = [_wanted(output, index, known, is_binary) for index, output in enumerate(listed)]
    if len({one.name for one in found}) < len(found):
        raise invalid("outputs", "must name each output once")
    return found


def _wanted(given: Any, index: int, known: Sequence[str], is_binary: bool) -> Wanted:
    if type(given) is not dict or type(given.get("name")) is not str:
        raise invalid(("outputs", index), "must be an object with the name of an output")
    if given["name"] not in known:
        raise invalid(("outputs", index, "name"), unknown(given["name"], known, "output"))
    place = ("outputs", index, "parameters")
    parameters = typed(given, "parameters", dict, "an object", "outputs", index) or {}
    if "shared_memory_region" in parameters:
        raise invalid((*place, "shared_memory_region"), "is not offered: the answer holds the output")
    own = typed(parameters, "binary_data", bool, "true or false", *place)
    return Wanted(given["name"], is_binary if own is None else own, parameters.get("classification"))


# -- the answer ----------------------------------------------------------------------------------------------------


def write_outputs(outputs: OutputTensors, wanted: Sequence[Wanted]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Each output as JSON, and the bytes of the binary ones, in the same order. Raises Invalid."""
    head, tail = [], []
    for index, one in enumerate(wanted):
        values = _values(outputs, one, index)
        datatype = DATATYPES[values.dtype]
        written: dict[str, Any] = {"name": one.name, "datatype": datatype, "shape": list(values.shape)}
        if one.is_binary:
            content = to_bytes(values)
            written["parameters"] = {"binary_data_size": len(content)}
            tail.append(content)
        else:
            flat = values.reshape(-1)
            written["data"] = flat.tolist() if values.dtype == object else flat
        head.append(written)
    return head, tail


def _values(outputs: OutputTensors, wanted: Wanted, index: int) -> Values:
    with invalid_fields("outputs", index):
        values = outputs[wanted.name]
    if not wanted.classes:
        return values
    with invalid_fields("outputs", index, "parameters", "classification"):
        return classification(values, outputs.labels(wanted.name), wanted.classes)


def noted(prediction: Prediction) -> dict[str, Any]:
    """What was assumed, and the id under which the log keeps the answer; parameters have plain values."""
    found = _of_cells(prediction.cells)
    if prediction.id is not None:
        found["prediction_id"] = prediction.id
    return {"parameters": found} if found else {}


def _of_cells(cells: Cells) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if cells.imputed:
        found["imputed"] = "; ".join(f"{name}: {one.rows} as {one.value}" for name, one in cells.imputed.items())
    if cells.unseen:
        found["unseen"] = "; ".join(
            f"{name}: {one.rows} ({', '.join(one.values)})" for name, one in cells.unseen.items()
        )
    if cells.held:
        found["held"] = "; ".join(f"{name}: {one.rows} ({one.low} to {one.high})" for name, one in cells.held.items())
    return found
