"""Predict, one row or many: outputs, and what they say about classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.inputs import read_inputs
from service.data.named_rows import Columns, Csv, read_rows
from service.data.preprocessing.report import Cells
from service.data.query_row import WHOLE_ROW, read_query_row
from service.engine.faults import DataError, Fault
from service.engine.rules import Integer
from service.operations.attribution import Attribution, attributions, read_wish, reading_of
from service.operations.backend import Backend
from service.operations.gathering import Gathering
from service.operations.limits import Limits
from service.operations.models import Model, current_model
from service.operations.named_prediction import Answered, answer_query, answer_rows
from service.operations.names import RESERVED_FEATURES

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Prediction:
    """Outputs (rows, outputs) of a model; `top_k`: how many of the most probable classes are wanted, if any;
    `attributions`: why each row is answered so, where that was asked for."""

    model: Model
    outputs: Array
    top_k: int | None
    attributions: Sequence[Attribution] | None = None
    cells: Cells | None = None  #: of rows in a table's words: what became of missing ones and of unknown categories


def predict_row(
    backend: Backend, network_ref: str, snapshot_ref: str, given: Mapping[str, str], top_k: int | None
) -> Prediction:
    """Predict for the row that the query arguments `given` hold. Raises NotFound and Invalid, by argument."""
    model = current_model(backend, network_ref, snapshot_ref)
    parts = Gathering()
    answered = parts.read((), lambda: _of_query(model, given))
    if top_k is not None:
        parts.read(("top_k",), lambda: check_top_k(model, top_k))
    parts.finish()
    return Prediction(model, _in_units(model, answered.outputs), top_k, cells=answered.cells)


def predict_rows(backend: Backend, wish: Mapping[str, Any]) -> Prediction:
    """Predict for a batch. Raises NotFound and Invalid."""
    model = current_model(backend, wish["network"], wish["snapshot"])
    parts = Gathering()
    answered = parts.read(("inputs",), lambda: _of_rows(model, wish["inputs"], backend.limits))
    top_k = parts.read_field(wish, "top_k", lambda value: check_top_k(model, value))
    why = parts.read_field(wish, "attributions", read_wish)
    parts.finish()
    outputs = answered.outputs
    if why is not None:
        why = parts.read(
            ("attributions",),
            lambda: attributions(model, reading_of(model), answered.inputs, outputs, why, backend.limits),
        )
        parts.finish()
    return Prediction(model, _in_units(model, outputs), top_k, why, answered.cells)


def check_top_k(model: Model, value: Any) -> int:
    """Raises SpecError or DataError."""
    if model.classifier is None or not model.classifier.gives_probabilities:
        raise DataError([Fault((), "needs a network whose outputs are the probabilities of classes")])
    return Integer(minimum=1, maximum=len(model.classifier.form.names)).read(value)


def _in_units(model: Model, outputs: Array) -> Array:
    return outputs if model.fitted is None else model.fitted.outputs_in_units(outputs)


def _of_query(model: Model, given: Mapping[str, str]) -> Answered:
    if model.fitted is not None:
        return answer_query(model, model.fitted, given)
    record = model.record
    row = read_query_row(given, width=record.inputs, features=record.features, known=RESERVED_FEATURES)
    try:
        return Answered(row, model.predictor.predict(row), None)
    except DataError as error:
        columns = (WHOLE_ROW,) * record.inputs if given.keys() == {WHOLE_ROW} else record.features or ()
        raise DataError(Fault((columns[int(fault.path[1])],), fault.message) for fault in error.faults) from error


def _of_rows(model: Model, rows: Any, limits: Limits) -> Answered:
    most = max(1, min(limits.max_predicted_rows, limits.max_predicted_numbers // model.record.outputs))
    if isinstance(rows, list) and len(rows) > most:
        raise DataError([Fault((), f"must have at most {most:,} rows, got {len(rows):,}")])
    if model.fitted is not None:
        return answer_rows(model, model.fitted, rows, most)
    if isinstance(rows, Csv):
        rows = _as_objects(rows, model.record.features)
    matrix = read_inputs(rows, width=model.record.inputs, features=model.record.features)
    try:
        return Answered(matrix, model.predictor.predict(matrix), None)
    except DataError as error:
        raise DataError(_as_written(fault, rows, model.record.features or ()) for fault in error.faults) from error


def _as_objects(rows: Csv, features: tuple[str, ...] | None) -> list[dict[str, float]]:
    if features is None:
        raise DataError([Fault((), "needs a network whose inputs have names, for the first line of CSV names columns")])
    frame = read_rows(rows, Columns(dict.fromkeys(features, "number"), frozenset(features)))
    table = np.stack([frame[name].values for name in features], axis=1).tolist()
    return [dict(zip(features, row, strict=True)) for row in table]


def _as_written(fault: Fault, rows: Any, features: tuple[str, ...]) -> Fault:
    """The place of a fault in rows that may be objects or bare numbers."""
    if len(fault.path) != 2:
        return fault
    row, column = fault.path
    written = rows[int(row)]
    if isinstance(written, Mapping):
        return Fault((row, features[int(column)]), fault.message)
    return fault if isinstance(written, list) else Fault((row,), fault.message)
