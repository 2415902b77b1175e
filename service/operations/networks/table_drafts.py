"""A requested network for the columns of a table: its spec for the engine, and its table spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.data.preprocessing.scalers import NoScaling
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import NumberTarget
from service.data.profiles.column_profiles import ColumnProfiles
from service.domain.datasets import Dataset
from service.engine.layers.table import LAYERS
from service.engine.network import Network
from service.errors import FieldError, Invalid
from service.operations.backend import Backend
from service.operations.networks import recipes
from service.operations.networks.column_requests import AUTO, read_table_spec
from service.operations.networks.proposal import MEMBERS, loss_for, overridden, propose
from service.operations.validation import invalid_fields, naming
from service.schema.rules import Reference
from service.schema.types import Body


@dataclass(frozen=True)
class TableRequest:
    """`engine` is the request for the engine; the first `shift` layers are not the user's."""

    table: TableSpec
    engine: Mapping[str, Any]
    shift: int
    warnings: Sequence[str]
    shifts: Mapping[int, int]  #: the same of the recipes with layers of their own

    def as_written(self, error: Invalid) -> Invalid:
        """The engine's issues, with the paths of the layers as the user wrote them."""
        return Invalid(fields=[replace(issue, path=self._path(issue.path)) for issue in error.fields])

    def _path(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        if self.shift and len(path) > 1 and path[0] == "layers" and isinstance(path[1], int):
            return ("layers", max(path[1] - self.shift, 0), *path[2:])
        if len(path) > 3 and path[0] == "members" and path[2] == "layers" and isinstance(path[3], int):
            shift = self.shifts.get(int(path[1]), 0)
            return (*path[:3], max(path[3] - shift, 0), *path[4:])
        return path


def read_table_request(backend: Backend, body: Body) -> TableRequest:
    """Raises Invalid, and NotFound for a data set that does not exist."""
    if body.get("labels") is not None and _predicts_its_labels(body):
        raise Invalid(fields=[FieldError(("labels",), "follow from the target: leave them out")])
    if body.get("from_dataset") is not None:
        return _from_dataset(backend, body)
    known = _known(backend, body, "dataset")
    with invalid_fields():
        bins = recipes.wants_bins(body.get("members"))
        read = read_table_spec(body["inputs"], body.get("target"), known, body.get("labels"), piecewise=bins)
    return _completed(read.table, body, read.warnings, read.opened)


def draft_issues(named: TableRequest, network: Network) -> Iterator[FieldError]:
    """What does not match between the network and its table."""
    table, last = named.table, len(network.spec.layers) - 1 - named.shift
    if issue := table.outputs_issue(network.outputs):
        yield FieldError(("layers", last, "units"), issue)
    expected = {table.groups[name].start: column.codes[0] for name, column in table.columns.items() if column.codes}
    if dict(network.codes) != expected:
        words = "must embed exactly the columns encoded as embeddings; leave the embedding layer out to have it added"
        yield FieldError(("layers", 0), words)
    loss = network.spec.loss
    if table.is_regression and loss.kind == "classification":
        yield FieldError(("loss",), f"must be one for numbers, such as mean_squared_error, got {loss.name}")
    if table.is_regression and loss.targets == "count":
        scaled = [item.name for item in table.target if not isinstance(_scale_of(item.column), NoScaling)]
        if scaled:
            yield FieldError(("loss",), f'{loss.name} needs counts: give {", ".join(scaled)} "scale": "none"')
    if table.is_multilabel and loss.targets == "distribution":
        yield FieldError(("loss",), f"must be one for separate booleans, such as binary_cross_entropy, got {loss.name}")


def _scale_of(column: NumberTarget) -> Any:
    return column.scale


def _from_dataset(backend: Backend, body: Body) -> TableRequest:
    if body.get("dataset") is not None:
        raise Invalid(fields=[FieldError(("dataset",), "must not be given with from_dataset, which already names it")])
    if body.get("target") is None:
        raise Invalid(fields=[FieldError(("target",), "is required: the column to predict")])
    dataset = _dataset(backend, body["from_dataset"], "from_dataset")
    given = body.get("members")
    if given is None:
        # Layers by hand are one network's.
        members, bins = MEMBERS if body.get("layers") is None else 1, None
    else:
        members, bins = recipes.count_of(given), recipes.wants_bins(given)
    with invalid_fields():
        proposal = propose(backend, dataset, body["target"], body.get("inputs", AUTO), members=members, piecewise=bins)
    return _completed(proposal.table, overridden(proposal.network, body), proposal.warnings, proposal.opened)


def _completed(table: TableSpec, body: Body, warnings: Sequence[str], opened: Sequence[str]) -> TableRequest:
    layers, members, shift = body.get("layers"), body.get("members"), 0
    if table.embedding is not None and isinstance(layers, list) and not recipes.begins_with_embedding(layers):
        layers, shift = [LAYERS.write(table.embedding), *layers], 1
    engine = {**body, "inputs": table.width, "loss": body.get("loss", loss_for(table))}
    if layers is not None:
        engine["layers"] = layers
    if isinstance(members, list):
        engine["members"] = recipes.completed(members, table, opened)
    return TableRequest(table, engine, shift, warnings, recipes.shifts_of(members, table))


def _predicts_its_labels(body: Body) -> bool:
    """A target that is only named takes its classes from the labels, where no data set has them."""
    named = isinstance(body.get("target"), str) and body.get("dataset") is None and body.get("from_dataset") is None
    return not named


def _known(backend: Backend, body: Body, field: str) -> ColumnProfiles | None:
    return None if body.get(field) is None else ColumnProfiles(_dataset(backend, body[field], field))


def _dataset(backend: Backend, ref: Any, field: str) -> Dataset:
    with invalid_fields(field):
        text = Reference().read(ref)
    with naming("data set", field):
        return backend.storage.get_dataset(text)
