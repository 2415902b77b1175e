"""Judge a network's weights on given rows: the loss, metrics, and for classes who is taken for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.engine.decisions import decisions
from service.engine.evaluation import evaluate
from service.engine.metric import divided
from service.engine.rows import Rows
from service.engine.training_spec import TrainingSpec
from service.operations.backend import Backend
from service.operations.classes import Classifier
from service.operations.gathering import Gathering
from service.operations.models import Model, current_model
from service.operations.tables import read_table

#: Beyond so many classes nobody reads a table of all pairs.
MAX_CONFUSED = 1000

Cells = npt.NDArray[np.bool_]


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


def evaluate_model(backend: Backend, wish: Mapping[str, Any]) -> Evaluation:
    """Raises NotFound, and Invalid with the faults of data and metrics."""
    model = current_model(backend, wish["network"], wish["snapshot"])
    parts = Gathering()
    rows = parts.read(("data",), lambda: read_table(wish["data"], model.record, model.network))
    judged = parts.read((), lambda: _read_metrics(wish, model))
    parts.finish()
    numbers = evaluate(model.network, model.values, rows, judged.metrics)
    loss = numbers.pop("loss")
    return Evaluation(model, len(rows), loss, numbers, *_judge_classes(model, rows))


def _read_metrics(wish: Mapping[str, Any], model: Model) -> TrainingSpec:
    """The metrics of an evaluation are those of a training, under the same rules."""
    spec = TrainingSpec.from_json({"metrics": wish.get("metrics", [])})
    spec.check(model.network, validated=False)
    return spec


def _judge_classes(model: Model, rows: Rows) -> tuple[Sequence[ClassReport] | None, npt.NDArray[np.intp] | None]:
    classifier = model.classifier
    if classifier is None:
        return None, None
    if not classifier.multilabel and classifier.form.classes_of(rows.targets) is None:
        return None, None
    true = _of_each_class(model, classifier, rows.targets)
    guessed = _of_each_class(model, classifier, model.predictor.predict(rows.inputs))
    return _reports(classifier, true, guessed), None if classifier.multilabel else _confusion(true, guessed)


def _of_each_class(model: Model, classifier: Classifier, outputs: npt.NDArray[Any]) -> Cells:
    """(classes, rows): whether a row is of a class, decided as the metrics decide it."""
    with np.errstate(all="ignore"):
        cells = decisions(model.network.spec.loss.as_probabilities(outputs), classifier.multilabel)
    return np.concatenate((~cells, cells)) if len(cells) == 1 else cells


def _reports(classifier: Classifier, true: Cells, guessed: Cells) -> list[ClassReport]:
    right, support, called = ((cells).sum(axis=1) for cells in (true & guessed, true, guessed))
    quotients = zip(
        divided(right, called).tolist(),
        divided(right, support).tolist(),
        divided(2 * right, called + support).tolist(),
        support.tolist(),
        strict=True,
    )
    return [ClassReport(name, *numbers) for name, numbers in zip(classifier.form.names, quotients, strict=True)]


def _confusion(true: Cells, guessed: Cells) -> npt.NDArray[np.intp] | None:
    count = len(true)
    if count > MAX_CONFUSED:
        return None
    pairs = true.argmax(axis=0) * count + guessed.argmax(axis=0)
    return np.bincount(pairs, minlength=count * count).reshape(count, count)
