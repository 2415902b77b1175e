"""Evaluate a network's weights on given rows: the loss, metrics, and for classes a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.preprocessing.checks import raise_issues
from service.data.preprocessing.report import Cells
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.signatures.classes import Classifier
from service.data.signatures.labelled_rows import LabelledRows
from service.data.signatures.signature import Signature
from service.engine.evaluation import evaluate
from service.engine.metrics.base import divided
from service.engine.metrics.decisions import decisions
from service.engine.rows import Rows
from service.engine.training.spec import TrainingSpec
from service.errors import Invalid
from service.operations.backend import Backend
from service.operations.datasets.read_columns import read_columns
from service.operations.limits import Limits
from service.operations.models.models import Model, current_model
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid, invalid_fields, naming

#: With more classes, a table of all pairs is too large to read.
MAX_CONFUSED = 1000

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClassReport:
    """How well one class is recognised; a quotient 0/0 is NaN."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int  #: rows that are of this class


@dataclass(frozen=True)
class Evaluation:
    model: Model
    rows: int
    loss: float
    metrics: Mapping[str, float]
    classes: Sequence[ClassReport] | None  #: None where the network or the targets name no classes
    confusion: npt.NDArray[np.intp] | None  #: rows by (true class, predicted class), where each has one
    positive: str | None = None  #: of two classes told by one output, the one that precision, recall and f1 are of
    cells: Cells = field(default_factory=Cells)  #: missing ones that were filled in, and unknown categories
    left_out: int = 0  #: rows of a data set without a target that the network predicts


def evaluate_model(backend: Backend, body: Mapping[str, Any]) -> Evaluation:
    """Raises NotFound, and Invalid with the issues of data and metrics."""
    model = current_model(backend, body["network"], body["snapshot"])
    parts = RequestReader()
    table = parts.read((), lambda: _read_rows(backend, body, model))
    spec = parts.read((), lambda: _read_metrics(body, model))
    parts.finish()
    rows = table.rows
    _reject_beyond(model, rows, backend.limits)
    numbers = evaluate(model.network, model.values, rows, spec.metrics)
    loss = numbers.pop("loss")
    judged = _evaluate_classes(model, rows)
    return Evaluation(
        model, len(rows), loss, numbers, *judged, positive_of(model), cells=table.cells, left_out=table.left_out
    )


def _reject_beyond(model: Model, rows: Rows, limits: Limits) -> None:
    most = max(1, limits.max_evaluated_work // model.network.cost)
    if len(rows) > most:
        raise Invalid(f"{model.record.name} is evaluated on at most {most:,} rows at once, got {len(rows):,}.")


def _read_rows(backend: Backend, body: Mapping[str, Any], model: Model) -> LabelledRows:
    """Raises Invalid, and NotFound for a data set that does not exist."""
    data, dataset = body.get("data"), body.get("dataset")
    if (data is None) == (dataset is None):
        raise invalid("data" if data is None else "dataset", "must be given alone: either data or a dataset")
    if dataset is not None:
        return _read_dataset(backend, dataset, model.signature)
    with invalid_fields("data"):
        return model.signature.read_labelled(data)


def _read_dataset(backend: Backend, ref: str, signature: Signature) -> LabelledRows:
    with naming("data set", "dataset"):
        dataset = backend.storage.get_dataset(ref)
    with invalid_fields("dataset"):
        encoder = signature.encoder()
        raise_issues(encoder.profile_issues(ColumnProfiles(dataset), training=False))
        frame = read_columns(backend, dataset, (*encoder.inputs, *encoder.targets))
        raise_issues(encoder.unknown_issues(frame))
        return encoder.labelled(frame)


def _read_metrics(body: Mapping[str, Any], model: Model) -> TrainingSpec:
    """The metrics of an evaluation are those of a training, under the same rules."""
    spec = TrainingSpec.from_json({"metrics": body.get("metrics", [])})
    spec.check(model.network, validated=False, kind=model.signature.kind)
    return spec


def _evaluate_classes(model: Model, rows: Rows) -> tuple[Sequence[ClassReport] | None, npt.NDArray[np.intp] | None]:
    classifier = model.classifier
    if classifier is None:
        return None, None
    if not classifier.multilabel and classifier.form.classes_of(rows.targets) is None:
        return None, None
    true = _memberships(model, classifier, rows.targets)
    predicted = _memberships(model, classifier, model.predictor.predict(rows.inputs))
    return _reports(classifier, true, predicted), None if classifier.multilabel else _confusion(true, predicted)


def positive_of(model: Model) -> str | None:
    classifier = model.classifier
    if classifier is None or classifier.multilabel or model.record.outputs != 1:
        return None
    return classifier.form.names[1]


def _memberships(model: Model, classifier: Classifier, outputs: npt.NDArray[Any]) -> Mask:
    """(classes, rows): whether a row is of a class, decided as the metrics decide it."""
    with np.errstate(all="ignore"):
        cells = decisions(model.network.spec.loss.as_probabilities(outputs), classifier.multilabel)
    return np.concatenate((~cells, cells)) if len(cells) == 1 else cells


def _reports(classifier: Classifier, true: Mask, predicted: Mask) -> list[ClassReport]:
    right, support, assigned = (cells.sum(axis=1) for cells in (true & predicted, true, predicted))
    quotients = zip(
        divided(right, assigned).tolist(),
        divided(right, support).tolist(),
        divided(2 * right, assigned + support).tolist(),
        support.tolist(),
        strict=True,
    )
    return [ClassReport(name, *numbers) for name, numbers in zip(classifier.form.names, quotients, strict=True)]


def _confusion(true: Mask, predicted: Mask) -> npt.NDArray[np.intp] | None:
    count = len(true)
    if count > MAX_CONFUSED:
        return None
    pairs = true.argmax(axis=0) * count + predicted.argmax(axis=0)
    return np.bincount(pairs, minlength=count * count).reshape(count, count)
