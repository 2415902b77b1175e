"""Predict, one row or many: outputs, and what they say about classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.inputs import read_inputs
from service.data.preprocessing.report import Cells
from service.data.query_row import WHOLE_ROW, read_query_row
from service.data.table_rows import Columns, Csv, read_rows
from service.operations.backend import Backend
from service.operations.inference.attribution import Attribution, attributions, read_request, reading_of
from service.operations.inference.table_prediction import RawPrediction, answer_query, answer_rows
from service.operations.limits import Limits
from service.operations.models.models import Model, current_model
from service.operations.names import RESERVED_FEATURES
from service.operations.request_reader import RequestReader
from service.schema.rules import Integer
from service.schema.validation import DataError, ValidationIssue

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
    parts = RequestReader()
    answered = parts.read((), lambda: _of_query(model, given))
    if top_k is not None:
        parts.read(("top_k",), lambda: check_top_k(model, top_k))
    parts.finish()
    return Prediction(model, _in_units(model, answered.outputs), top_k, cells=answered.cells)


def predict_rows(backend: Backend, body: Mapping[str, Any]) -> Prediction:
    """Predict for a batch. Raises NotFound and Invalid."""
    model = current_model(backend, body["network"], body["snapshot"])
    parts = RequestReader()
    answered = parts.read(("inputs",), lambda: _of_rows(model, body["inputs"], backend.limits))
    top_k = parts.read_field(body, "top_k", lambda value: check_top_k(model, value))
    why = parts.read_field(body, "attributions", read_request)
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
        raise DataError([ValidationIssue((), "needs a network whose outputs are the probabilities of classes")])
    return Integer(minimum=1, maximum=len(model.classifier.form.names)).read(value)


def _in_units(model: Model, outputs: Array) -> Array:
    return outputs if model.fitted is None else model.fitted.outputs_in_units(outputs)


def _of_query(model: Model, given: Mapping[str, str]) -> RawPrediction:
    if model.fitted is not None:
        return answer_query(model, model.fitted, given)
    record = model.record
    row = read_query_row(given, width=record.inputs, features=record.features, known=RESERVED_FEATURES)
    try:
        return RawPrediction(row, model.predictor.predict(row), None)
    except DataError as error:
        columns = (WHOLE_ROW,) * record.inputs if given.keys() == {WHOLE_ROW} else record.features or ()
        raise DataError(
            ValidationIssue((columns[int(issue.path[1])],), issue.message) for issue in error.issues
        ) from error


def _of_rows(model: Model, rows: Any, limits: Limits) -> RawPrediction:
    most = min(
        limits.max_predicted_rows,
        limits.max_predicted_numbers // model.record.outputs,
        limits.max_predicted_work // model.network.cost,
    )
    most = max(1, most)
    if isinstance(rows, list) and len(rows) > most:
        raise DataError([ValidationIssue((), f"must have at most {most:,} rows, got {len(rows):,}")])
    if model.fitted is not None:
        return answer_rows(model, model.fitted, rows, most)
    if isinstance(rows, Csv):
        rows = _as_objects(rows, model.record.features)
    matrix = read_inputs(rows, width=model.record.inputs, features=model.record.features)
    try:
        return RawPrediction(matrix, model.predictor.predict(matrix), None)
    except DataError as error:
        raise DataError(_as_written(issue, rows, model.record.features or ()) for issue in error.issues) from error


def _as_objects(rows: Csv, features: tuple[str, ...] | None) -> list[dict[str, float]]:
    if features is None:
        raise DataError(
            [ValidationIssue((), "needs a network whose inputs have names, for the first line of CSV names columns")]
        )
    frame = read_rows(rows, Columns(dict.fromkeys(features, "number"), frozenset(features)))
    table = np.stack([frame[name].values for name in features], axis=1).tolist()
    return [dict(zip(features, row, strict=True)) for row in table]


def _as_written(issue: ValidationIssue, rows: Any, features: tuple[str, ...]) -> ValidationIssue:
    """The place of a fault in rows that may be objects or bare numbers."""
    if len(issue.path) != 2:
        return issue
    row, column = issue.path
    written = rows[int(row)]
    if isinstance(written, Mapping):
        return ValidationIssue((row, features[int(column)]), issue.message)
    return issue if isinstance(written, list) else ValidationIssue((row,), issue.message)
