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
from service.jobs import rows
from service.operations.faults import engine_faults
from service.operations.gathering import Gathering
from service.operations.labels import target_form
from service.operations.material import Material
from service.operations.tables import read_table
from service.operations.validation_split import ValidationShare, read_validation, split


@dataclass(frozen=True)
class TrainingData:
    training: Rows
    validation: Rows | None = None
    validation_options: Json | None = None  #: what the job remembers of how the validation rows were chosen
    class_weights: Json | None = None  #: already part of the training rows' weights

    def material(self) -> Material:
        return Material(
            rows=len(self.training),
            data=rows.encode(self.training, self.validation),
            validation=self.validation_options,
            class_weights=self.class_weights,
        )


def read_training_data(
    wish: Mapping[str, Any], record: records.Network, network: Network, *, seed: int
) -> TrainingData:
    """Raises Invalid with the faults of data, validation and class weights."""
    form = target_form(record, network.spec)
    parts = Gathering()
    given = parts.read_field(wish, "data", lambda value: read_table(value, record, network))
    validation = parts.read_field(wish, "validation", lambda value: read_validation(value, record, network))
    weights = parts.read_field(wish, "class_weights", lambda value: read_class_weights(value, form.names))
    parts.finish()
    with engine_faults("validation"):
        data = _divide(given, validation, form, seed)
    with engine_faults("class_weights"):
        return _weigh(data, weights, form) if weights is not None else data


def _divide(given: Rows, validation: ValidationShare | Rows | None, form: TargetForm, seed: int) -> TrainingData:
    if isinstance(validation, ValidationShare):
        training, held_out = split(given, validation, form, seed=seed)
        return TrainingData(training, held_out, {**validation.to_json(), "rows": len(held_out)})
    return TrainingData(given, validation, {"rows": len(validation)} if validation else None)


def _weigh(data: TrainingData, weights: dict[str, float] | str, form: TargetForm) -> TrainingData:
    """Validation tells the plain loss, whatever the weights."""
    options = {"balanced": True} if isinstance(weights, str) else weights
    return replace(data, training=weigh_by_class(data.training, weights, form), class_weights=options)
