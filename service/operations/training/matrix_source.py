"""Training data given inline as rows of plain numbers: divided and weighted at once, and stored as matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.data.class_weights import read_class_weights, weigh_by_class
from service.data.signatures.signature import Signature
from service.data.targets import TargetForm
from service.domain.records import Json
from service.engine.rows import Rows
from service.jobs import encoded_rows
from service.jobs.division import ValidationShare, divide
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.training.validation_split import read_validation
from service.operations.validation import invalid_fields


def read_matrices(body: Mapping[str, Any], signature: Signature, *, seed: int) -> TrainingData:
    """Raises Invalid with the issues of data, validation and class weights."""
    form, parts = signature.form, RequestReader()

    def read_rows(value: Any) -> Rows:
        return signature.read_labelled(value).rows

    rows = parts.read_field(body, "data", read_rows)
    validation = parts.read_field(body, "validation", lambda value: read_validation(value, rows=read_rows))
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, form.names))
    if body.get("sample_weight") is not None:
        parts.reject("sample_weight", "names a column, and these rows have none; give data its sample_weights")
    parts.finish()
    with invalid_fields():
        training, held_out, options = _divide(rows, validation, form, seed)
        # The weights of classes are now part of the rows' own; validation reports the plain loss, whatever the weights.
        training = weigh_by_class(training, weights, form)
    return TrainingData(
        rows=len(training), data=encoded_rows.encode(training, held_out), validation=options, class_weights=weights
    )


def _divide(
    rows: Rows, validation: ValidationShare | Rows | None, form: TargetForm, seed: int
) -> tuple[Rows, Rows | None, Json | None]:
    """Training rows, validation rows, and what the job remembers of how these were chosen."""
    if not isinstance(validation, ValidationShare):
        return rows, validation, {"rows": len(validation)} if validation else None
    training, held_out = divide(len(rows), validation, seed=seed, classes=lambda: form.classes_of(rows.targets))
    return rows.take(training), rows.take(held_out), {**validation.to_json(), "rows": len(held_out)}
