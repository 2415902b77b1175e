"""What differs between two versions or snapshots, of one network or of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.types import Json
from service.errors import Conflict, Invalid, NotFound
from service.operations.backend import Backend
from service.operations.inference.evaluation import Evaluation, evaluate_model
from service.operations.models.json_differences import Difference, differences
from service.operations.models.models import Model, load_model
from service.operations.models.weight_changes import WeightChange, weight_changes
from service.operations.validation import naming

#: Of a job's options, those that say what it was trained on.
DATA = ("dataset", "columns", "validation", "test", "sample_weight", "class_weights")


@dataclass(frozen=True)
class Side:
    """One of the two; `options` are those of the job that trained it, None where that is not known."""

    model: Model
    options: Json | None

    @property
    def data(self) -> Json | None:
        return None if self.options is None else {name: self.options.get(name) for name in DATA}

    @property
    def training(self) -> Json | None:
        others = (self.options or {}).items()
        return None if self.options is None else {name: value for name, value in others if name not in DATA}


@dataclass(frozen=True)
class Comparison:
    before: Side
    after: Side
    spec: Sequence[Difference]
    options: Sequence[Difference]
    data: Sequence[Difference]
    preprocessing: Sequence[Difference]
    weights: Sequence[WeightChange]
    evaluations: tuple[Evaluation, Evaluation] | None  #: on the rows that the training of `after` held out
    why_not: str | None  #: why there are none


def compare(backend: Backend, network_ref: str, refs: tuple[str, str], to_network: str | None = None) -> Comparison:
    """Raises NotFound, by argument."""
    before = _side(backend, network_ref, refs[0], "from")
    with naming("network", "to_network"):
        other = backend.storage.get_network(network_ref if to_network is None else to_network)
    after = _side(backend, other.id, refs[1], "to")
    evaluations, why_not = _evaluate(backend, before.model, after.model)
    ours, theirs = before.model, after.model
    return Comparison(
        before,
        after,
        differences(_spec(ours), _spec(theirs)),
        differences(before.training, after.training),
        differences(before.data, after.data),
        differences(ours.snapshot.preprocessing, theirs.snapshot.preprocessing),
        weight_changes(ours, theirs),
        evaluations,
        why_not,
    )


def _side(backend: Backend, network_ref: str, ref: str, argument: str) -> Side:
    network = backend.storage.get_network(network_ref)
    with naming("snapshot", argument):
        model = load_model(backend, network.id, ref)
    return Side(model, _options(backend, model))


def _options(backend: Backend, model: Model) -> Json | None:
    """Of the job if it is still there, else as its version remembers them."""
    snapshot = model.snapshot
    if snapshot.version is not None:
        training = backend.storage.get_version(snapshot.network_id, str(snapshot.version)).training
        return None if training is None else training["options"]
    try:
        return None if snapshot.job_id is None else backend.storage.get_job(snapshot.job_id).options
    except NotFound:
        return None


def _spec(model: Model) -> Mapping[str, Any]:
    return {**model.record.spec, "table": model.record.table, "labels": model.record.labels}


def _evaluate(backend: Backend, before: Model, after: Model) -> tuple[tuple[Evaluation, Evaluation] | None, str | None]:
    """Both on the same rows, where there are some that the newer training held out."""
    if before.record.id != after.record.id:
        return None, "The two are of different networks, which read rows in their own ways."
    if after.snapshot.job_id is None:
        return None, "No training that is still here has made the weights compared with, so no rows are held out."
    asked = {"job": after.snapshot.job_id, "network": after.record.id}
    try:
        found = [evaluate_model(backend, {**asked, "snapshot": model.snapshot.id}) for model in (before, after)]
    except (Conflict, Invalid, NotFound) as error:
        return None, error.message if not error.fields else f"{error.fields[0].path[-1]} {error.fields[0].message}"
    return (found[0], found[1]), None
