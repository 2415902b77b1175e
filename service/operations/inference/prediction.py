"""Predict for one row or many: the outputs, and the classes that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.data.column_arguments import by_column, column_of
from service.data.preprocessing.fitted import Encoded
from service.data.preprocessing.report import Cells
from service.data.tables.ingest import FileRows
from service.engine.arrays import Array
from service.operations.backend import Backend
from service.operations.inference.attribution import Attribution, attributions, read_request
from service.operations.inference.intervals import read_level
from service.operations.limits import Limits
from service.operations.models.models import Model, asked_model
from service.operations.monitoring.note import note_row, note_rows
from service.operations.names import QUERY_ARGUMENTS
from service.operations.request_reader import RequestReader
from service.schema.rules import Integer
from service.schema.validation import DataError, ValidationIssue

#: The argument of a query, where names of columns may stand beside it.
INTERVAL, FORMAT = "_interval", "_format"


@dataclass(frozen=True)
class Prediction:
    """Outputs (rows, outputs) of a model, in the user's units."""

    model: Model
    outputs: Array
    cells: Cells  #: what became of missing cells and of unknown categories
    top_k: int | None = None  #: how many of the most probable classes to list, if any
    attributions: Sequence[Attribution] | None = None  #: the shares of the inputs in each row's output, if requested
    level: float | None = None  #: the share of rows whose interval, or set, is to hold the truth, if requested
    id: str | None = None  #: under which the log keeps the answer, if it does


def predict_row(
    backend: Backend,
    asked: Mapping[str, Any],
    given: Mapping[str, str],
    top_k: int | None,
    level: float | None = None,
) -> Prediction:
    """Predict for the row in the query arguments `given`; `asked` names network or model, and snapshot.

    Raises NotFound and Invalid, by argument.
    """
    model = asked_model(backend, asked)
    parts = RequestReader()
    predicted = parts.read((), lambda: _predict_query(model, given))
    if top_k is not None:
        parts.read(("top_k",), lambda: check_top_k(model, top_k))
    if level is not None:
        parts.read((INTERVAL,), lambda: read_level(model, level))
    parts.finish()
    encoded, outputs = predicted
    cells = with_held(model, encoded, outputs)
    outputs = model.signature.in_units(outputs)
    return Prediction(model, outputs, cells, top_k, level=level, id=note_row(backend, model, given, outputs))


def predict_rows(backend: Backend, body: Mapping[str, Any]) -> Prediction:
    """Predict for a batch. Raises NotFound and Invalid."""
    return predict_batch(backend, asked_model(backend, body), body)


def predict_batch(backend: Backend, model: Model, body: Mapping[str, Any]) -> Prediction:
    """Predict for the `inputs` of a body. Raises Invalid."""
    parts, limits = RequestReader(), backend.limits
    predicted = parts.read(("inputs",), lambda: _predict_rows(model, body["inputs"], limits))
    top_k = parts.read_field(body, "top_k", lambda value: check_top_k(model, value))
    level = parts.read_field(body, "interval", lambda value: read_level(model, value))
    request = parts.read_field(body, "attributions", read_request)
    parts.finish()
    encoded, outputs = predicted
    shares = None
    if request is not None:
        shares = parts.read(("attributions",), lambda: attributions(model, encoded.values, outputs, request, limits))
        parts.finish()
    cells = with_held(model, encoded, outputs)
    outputs = model.signature.in_units(outputs)
    answer_id = note_rows(backend, model, body["inputs"], outputs)
    return Prediction(model, outputs, cells, top_k, shares, level, answer_id)


def with_held(model: Model, encoded: Encoded, outputs: Array) -> Cells:
    """What became of the cells, and of the predictions that lay outside the range they are held to."""
    held = model.signature.held(outputs)
    return replace(encoded.cells, held=held) if held else encoded.cells


def check_top_k(model: Model, value: Any) -> int:
    """Raises SpecError or DataError."""
    if model.classifier is None or not model.classifier.gives_probabilities:
        raise DataError([ValidationIssue((), "needs a network whose outputs are the probabilities of classes")])
    return Integer(minimum=1, maximum=len(model.classifier.form.names)).read(value)


def _predict_query(model: Model, given: Mapping[str, str]) -> tuple[Encoded, Array]:
    columns = model.record.features or ()
    row = by_column(given, columns, QUERY_ARGUMENTS)
    try:
        encoded = model.signature.read_query(row, (*QUERY_ARGUMENTS, "_model", INTERVAL, FORMAT))
    except DataError as error:
        if row is given:
            raise
        written = {column_of(name, columns, QUERY_ARGUMENTS): name for name in given}
        raise DataError(
            ValidationIssue((written.get(str(issue.path[0]), issue.path[0]), *issue.path[1:]), issue.message)
            for issue in error.issues
        ) from error
    try:
        return encoded, model.predictor.predict(encoded.values)
    except DataError as error:
        raise located(model, error, [given], skip=1) from error


def max_rows(model: Model, limits: Limits) -> int:
    """How many rows one request may ask this model for."""
    most = min(
        limits.max_predicted_rows,
        limits.max_predicted_numbers // model.record.outputs,
        limits.max_predicted_work // model.network.cost,
    )
    return max(1, most)


def _predict_rows(model: Model, rows: Any, limits: Limits) -> tuple[Encoded, Array]:
    most = max_rows(model, limits)
    if isinstance(rows, list):
        reject_more_rows(len(rows), most)
    if isinstance(rows, FileRows):
        reject_more_rows(rows.rows, most)
    encoded = _read_file(model, rows) if isinstance(rows, FileRows) else model.signature.read_rows(rows)
    reject_more_rows(len(encoded.values), most)
    try:
        return encoded, model.predictor.predict(encoded.values)
    except DataError as error:
        raise located(model, error, rows) from error


def _read_file(model: Model, rows: FileRows) -> Encoded:
    signature = model.signature
    ignored = signature.ignored(rows.names)
    return signature.read_frame(rows.columns([name for name in signature.columns if name in rows.names])).without(
        ignored
    )


def reject_more_rows(count: int, most: int) -> None:
    if count > most:
        raise DataError([ValidationIssue((), f"must have at most {most:,} rows, got {count:,}")])


def located(model: Model, error: DataError, rows: Any, *, skip: int = 0) -> DataError:
    """The engine's issues with the paths that the rows have as they were written, but for the first `skip` parts."""
    path_of = model.signature.path_of
    return DataError(ValidationIssue(path_of(issue.path, rows)[skip:], issue.message) for issue in error.issues)
