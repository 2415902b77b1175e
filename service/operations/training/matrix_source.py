"""The rows of a training request: read, divided into training and validation, and weighted by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.data.class_weights import read_class_weights, weigh_by_class
from service.data.targets import TargetForm
from service.domain import records
from service.domain.records import Json
from service.engine.network import Network
from service.engine.rows import Rows
from service.jobs import encoded_rows
from service.operations.models.labelled_rows import read_table
from service.operations.models.labels import target_form
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.training.validation_split import ValidationShare, read_validation, split
from service.operations.validation import invalid_fields


@dataclass(frozen=True)
class SplitRows:
    training: Rows
    validation: Rows | None = None
    validation_options: Json | None = None  #: what the job remembers of how the validation rows were chosen
    class_weights: Json | None = None  #: already part of the training rows' weights

    def training_data(self) -> TrainingData:
        return TrainingData(
            rows=len(self.training),
            data=encoded_rows.encode(self.training, self.validation),
            validation=self.validation_options,
            class_weights=self.class_weights,
        )


def read_split_rows(body: Mapping[str, Any], record: records.Network, network: Network, *, seed: int) -> SplitRows:
    """Raises Invalid with the faults of data, validation and class weights."""
    form = target_form(record, network.spec)
    parts = RequestReader()
    given = parts.read_field(body, "data", lambda value: read_table(value, record, network))
    validation = parts.read_field(body, "validation", lambda value: read_validation(value, record, network))
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, form.names))
    parts.finish()
    with invalid_fields("validation"):
        data = _divide(given, validation, form, seed)
    with invalid_fields("class_weights"):
        return _weigh(data, weights, form) if weights is not None else data


def _divide(given: Rows, validation: ValidationShare | Rows | None, form: TargetForm, seed: int) -> SplitRows:
    if isinstance(validation, ValidationShare):
        training, held_out = split(given, validation, form, seed=seed)
        return SplitRows(training, held_out, {**validation.to_json(), "rows": len(held_out)})
    return SplitRows(given, validation, {"rows": len(validation)} if validation else None)


def _weigh(data: SplitRows, weights: dict[str, float] | str, form: TargetForm) -> SplitRows:
    """Validation tells the plain loss, whatever the weights."""
    options = {"balanced": True} if isinstance(weights, str) else weights
    return replace(data, training=weigh_by_class(data.training, weights, form), class_weights=options)
