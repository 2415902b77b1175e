"""Predict for the tensors of the Open Inference Protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from service.data.open_inference.inputs import elements_of
from service.data.open_inference.tensor import Tensor, Values
from service.data.preprocessing.fitted import Encoded
from service.data.signatures.output_rows import class_probabilities
from service.engine.arrays import Array
from service.operations.backend import Backend
from service.operations.inference.prediction import Prediction, located, max_rows, reject_more_rows, with_held
from service.operations.models.models import Model
from service.operations.monitoring.note import note_tensors
from service.operations.validation import invalid_fields
from service.schema.validation import DataError, ValidationIssue


def predict_tensors(backend: Backend, model: Model, tensors: Sequence[Tensor]) -> Prediction:
    """Nothing is kept of the answer yet, see `keep_answer`. Raises Invalid, with paths below `inputs`."""
    with invalid_fields("inputs"):
        _check_rows(tensors[0].rows, max_rows(model, backend.limits))
        encoded, outputs = _predict(model, tensors)
    return Prediction(model, model.signature.in_units(outputs), with_held(model, encoded, outputs))


def keep_answer(backend: Backend, prediction: Prediction, tensors: Sequence[Tensor]) -> Prediction:
    """Once it is known that a prediction can be answered: note it for the log, if its network keeps answers."""
    answer_id = note_tensors(backend, prediction.model, tensors, prediction.outputs)
    return prediction if answer_id is None else replace(prediction, id=answer_id)


def _check_rows(rows: int, most: int) -> None:
    if rows == 0:
        raise DataError([ValidationIssue((0, "shape"), "must have one or more rows, got 0")])
    reject_more_rows(rows, most)


def _predict(model: Model, tensors: Sequence[Tensor]) -> tuple[Encoded, Array]:
    encoded = model.signature.read_tensors(tensors)
    try:
        return encoded, model.predictor.predict(encoded.values)
    except DataError as error:
        is_matrix = tensors[0].values.ndim == 2 and tensors[0].values.shape[1] > 1
        issues = error.issues if is_matrix else located(model, error, None).issues
        raise DataError(elements_of(issues, tensors)) from error


class OutputTensors(Mapping[str, Values]):
    """What a prediction says, by the names of its signature's outputs; worked out when it is asked for."""

    def __init__(self, prediction: Prediction) -> None:
        self._signature, self._outputs = prediction.model.signature, prediction.outputs
        self._specs = {spec.name: spec for spec in self._signature.outputs}

    def __getitem__(self, name: str) -> Values:
        """Raises KeyError, and SpecError for what cannot be said of a row that is not finite."""
        if name in self._predicted_names:
            return self._predicted[self._predicted_names.index(name)]
        if name not in self._specs:
            raise KeyError(name)
        return class_probabilities(self._outputs)

    def __iter__(self) -> Any:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def labels(self, name: str) -> Sequence[str] | None:
        """What the numbers of a row are called."""
        return self._specs[name].elements

    @cached_property
    def _predicted_names(self) -> list[str]:
        return [spec.name for spec in self._signature.predicted]

    @cached_property
    def _predicted(self) -> tuple[Values, ...]:
        return self._signature.predicted_values(self._outputs)
