"""Predict, one row or many: outputs, and what they say about classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from service.data.inputs import read_inputs
from service.data.query_row import WHOLE_ROW, read_query_row
from service.engine.faults import DataError, Fault
from service.engine.rules import Integer
from service.operations.backend import Backend
from service.operations.drafts import RESERVED_FEATURES
from service.operations.gathering import Gathering
from service.operations.limits import Limits
from service.operations.models import Model, current_model

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Prediction:
    """Outputs (rows, outputs) of a model; `top_k`: how many of the most probable classes are wanted, if any."""

    model: Model
    outputs: Array
    top_k: int | None


def predict_row(
    backend: Backend, network_ref: str, snapshot_ref: str, given: Mapping[str, str], top_k: int | None
) -> Prediction:
    """Predict for the row that the query arguments `given` hold. Raises NotFound and Invalid, by argument."""
    model = current_model(backend, network_ref, snapshot_ref)
    parts = Gathering()
    outputs = parts.read((), lambda: _of_query(model, given))
    if top_k is not None:
        parts.read(("top_k",), lambda: check_top_k(model, top_k))
    parts.finish()
    return Prediction(model, outputs, top_k)


def predict_rows(backend: Backend, wish: Mapping[str, Any]) -> Prediction:
    """Predict for a batch. Raises NotFound and Invalid."""
    model = current_model(backend, wish["network"], wish["snapshot"])
    parts = Gathering()
    outputs = parts.read(("inputs",), lambda: _of_rows(model, wish["inputs"], backend.limits))
    top_k = parts.read_field(wish, "top_k", lambda value: check_top_k(model, value))
    parts.finish()
    return Prediction(model, outputs, top_k)


def check_top_k(model: Model, value: Any) -> int:
    """Raises SpecError or DataError."""
    if model.classifier is None or not model.classifier.gives_probabilities:
        raise DataError([Fault((), "needs a network whose outputs are the probabilities of classes")])
    return Integer(minimum=1, maximum=len(model.classifier.form.names)).read(value)


def _of_query(model: Model, given: Mapping[str, str]) -> Array:
    record = model.record
    row = read_query_row(given, width=record.inputs, features=record.features, known=RESERVED_FEATURES)
    try:
        return model.predictor.predict(row)
    except DataError as error:
        columns = (WHOLE_ROW,) * record.inputs if given.keys() == {WHOLE_ROW} else record.features or ()
        raise DataError(Fault((columns[int(fault.path[1])],), fault.message) for fault in error.faults) from error


def _of_rows(model: Model, rows: Any, limits: Limits) -> Array:
    most = max(1, min(limits.max_predicted_rows, limits.max_predicted_numbers // model.record.outputs))
    if isinstance(rows, list) and len(rows) > most:
        raise DataError([Fault((), f"must have at most {most:,} rows, got {len(rows):,}")])
    matrix = read_inputs(rows, width=model.record.inputs, features=model.record.features)
    try:
        return model.predictor.predict(matrix)
    except DataError as error:
        raise DataError(_as_written(fault, rows, model.record.features or ()) for fault in error.faults) from error


def _as_written(fault: Fault, rows: Any, features: tuple[str, ...]) -> Fault:
    """The place of a fault in rows that may be objects or bare numbers."""
    if len(fault.path) != 2:
        return fault
    row, column = fault.path
    written = rows[int(row)]
    if isinstance(written, Mapping):
        return Fault((row, features[int(column)]), fault.message)
    return fault if isinstance(written, list) else Fault((row,), fault.message)
