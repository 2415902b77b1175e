"""Evaluate a network's weights: the loss, metrics beside those of a naive answer, and what suits classes or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from service.data.preprocessing.report import Cells
from service.domain.jobs import Job
from service.domain.versions import LIVE
from service.engine.evaluation import evaluate
from service.engine.inference import Predictor
from service.engine.rows import Rows
from service.engine.training.spec import TrainingSpec
from service.errors import Conflict, Invalid, NotFound
from service.jobs.folds import FOLDS
from service.operations.backend import Backend
from service.operations.inference.class_reports import ClassJudgement, judge_classes
from service.operations.inference.evaluated_rows import EvaluatedOn, EvaluatedRows, rows_to_evaluate
from service.operations.inference.naive import Naive, naive_of
from service.operations.inference.number_reports import NumberReport, judge_numbers
from service.operations.limits import Limits
from service.operations.models.models import Model, asked_model, current_model
from service.operations.request_reader import RequestReader
from service.operations.validation import naming


@dataclass(frozen=True)
class Evaluation:
    model: Model
    on: EvaluatedOn
    rows: int
    loss: float
    metrics: Mapping[str, float]
    naive: Naive
    classes: ClassJudgement | None  #: None where the network or the targets name no classes
    numbers: Sequence[NumberReport] | None  #: None for a network that predicts classes
    positive: str | None = None  #: of two classes told by one output, the one that precision, recall and f1 are of
    cells: Cells = field(default_factory=Cells)  #: missing ones that were filled in, and unknown categories
    left_out: int = 0  #: rows of a data set without a target that the network predicts


def evaluate_model(backend: Backend, body: Mapping[str, Any]) -> Evaluation:
    """Raises NotFound, Conflict, and Invalid with the issues of data and metrics."""
    named = _named_job(backend, body)
    model = _model(backend, body, named)
    job = named or _job_of(backend, model)
    parts = RequestReader()
    found = parts.read((), lambda: rows_to_evaluate(backend, body, model, job))
    spec = parts.read((), lambda: _read_metrics(body, model, found))
    parts.finish()
    _reject_beyond(model, found.table.rows, backend.limits)
    return _judge(_with_members(model, found.members), found, spec)


def _with_members(model: Model, members: Sequence[int] | None) -> Model:
    """The mean of these members of an ensemble alone. Raises Conflict where none of them counts."""
    if members is None:
        return model
    network, values = model.network, model.values.copy()
    weights = network.member_weights(values)
    shares = np.zeros_like(weights)
    shares[list(members)] = weights[list(members)]
    if not shares.any():
        raise Conflict("The members that have held these rows out have the weight 0: evaluate on other rows.")
    network.weigh(values, shares / shares.sum())
    return replace(model, predictor=Predictor(network, values, model.temperature))


def _named_job(backend: Backend, body: Mapping[str, Any]) -> Job | None:
    if body.get("job") is None:
        return None
    with naming("job", "job"):
        return backend.storage.get_job(body["job"])


def _model(backend: Backend, body: Mapping[str, Any], job: Job | None) -> Model:
    """Of a job, by default what it ended with."""
    if job is None:
        return asked_model(backend, {**body, "snapshot": body.get("snapshot") or LIVE})
    if job.options.get(FOLDS) is not None and body.get("snapshot") is None:
        raise Conflict("This job is a cross-validation and keeps no weights. Its `folds` has what was measured.")
    return current_model(backend, job.network_id, body.get("snapshot") or job.id)


def _job_of(backend: Backend, model: Model) -> Job | None:
    try:
        return None if model.snapshot.job_id is None else backend.storage.get_job(model.snapshot.job_id)
    except NotFound:
        return None


def _read_metrics(body: Mapping[str, Any], model: Model, found: EvaluatedRows | None) -> TrainingSpec:
    """Under the rules of a training; those of the training itself on its own rows, if none are given."""
    given = body.get("metrics")
    if given is None and found is not None and found.on.job is not None:
        given = found.on.job.options["training"]["metrics"]
    spec = TrainingSpec.from_json({"metrics": given or []})
    spec.check(model.network, validated=False, kind=model.signature.kind)
    return spec


def _reject_beyond(model: Model, rows: Rows, limits: Limits) -> None:
    most = max(1, limits.max_evaluated_work // model.network.cost)
    if len(rows) > most:
        raise Invalid(f"{model.record.name} is evaluated on at most {most:,} rows at once, got {len(rows):,}.")


def _judge(model: Model, found: EvaluatedRows, spec: TrainingSpec) -> Evaluation:
    rows = found.table.rows
    numbers = evaluate(model.network, model.values, rows, spec.metrics, model.temperature, model.signature.threshold)
    outputs, targets = model.predictor.predict(rows.inputs), rows.targets
    classes = judge_classes(model, outputs, targets)
    if rows.units is not None:
        with np.errstate(all="ignore"):
            outputs, targets = rows.units.restore(outputs), rows.units.restore_targets(targets)
    return Evaluation(
        model,
        found.on,
        len(rows),
        numbers.pop("loss"),
        numbers,
        naive_of(model, rows, spec.metrics),
        classes,
        judge_numbers(model, outputs, targets),
        model.signature.positive,
        cells=found.table.cells,
        left_out=found.table.left_out,
    )
