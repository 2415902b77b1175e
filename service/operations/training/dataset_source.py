"""A training on a user's table: which columns, which rows validate, how much each row counts; told from profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.data.class_weights import read_class_weights
from service.data.number_columns import MAX_NAME, NumberColumns
from service.data.preprocessing.table import TableSpec
from service.data.targets import TargetForm
from service.domain import records
from service.domain.records import Dataset
from service.engine.network import Network
from service.errors import FieldError, Invalid
from service.jobs.division import TableShare
from service.jobs.preparation import TRAINING, VALIDATION
from service.operations.backend import Backend
from service.operations.datasets import compatibility
from service.operations.datasets.column_profiles import ColumnProfiles
from service.operations.models.labels import target_form
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.validation import invalid, invalid_fields, naming
from service.schema.fields import Spec, field
from service.schema.rules import Items, Reference, Text

Body = Mapping[str, Any]

DATASET = "dataset"
_NAME, _NAMES = Text(MAX_NAME), Items(Text(MAX_NAME), at_least=1)


@dataclass(frozen=True)
class OtherDataset(Spec):
    dataset: str = field(Reference(), help="a data set all of whose rows validate")


@dataclass(frozen=True)
class Reader:
    """What a network reads of a table: `table`, where it speaks names, else `columns`, as the request names them."""

    record: records.Network
    form: TargetForm
    table: TableSpec | None
    columns: NumberColumns | None

    @property
    def targets(self) -> tuple[str, ...]:
        if self.table is not None:
            return self.table.target_names
        return self.columns.targets if self.columns is not None else ()

    def predicts_classes(self, columns: ColumnProfiles) -> bool:
        """Whether a row's target names one class."""
        if self.table is not None:
            return not self.table.is_regression and not self.table.is_multilabel
        name = self.targets[0]
        if len(self.targets) > 1 or name not in columns:
            return False
        return columns.type_of(name) != "number" or self.form.takes_indexes or columns.distinct(name) <= 2

    def issues(self, dataset: Dataset, *path: str | int) -> list[FieldError]:
        """What keeps a data set from this network; `place` is where the request names it."""
        if self.table is not None:
            return list(compatibility.column_issues(self.table, ColumnProfiles(dataset), path))
        if self.columns is None:
            return []
        found = compatibility.number_issues(self.columns, ColumnProfiles(dataset), self.form, self.record.inputs)
        return [issue if path == (DATASET,) else FieldError(path, issue.message) for issue in found]


def read_table_training(backend: Backend, body: Body, record: records.Network, network: Network) -> TrainingData:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that is not there."""
    form = target_form(record, network.spec)
    dataset = find_dataset(backend, body["dataset"], "dataset")
    parts = RequestReader()
    reader = parts.read((), lambda: read_reader(body, record, form))
    validation = parts.read_field(body, "validation", lambda value: read_validation(backend, value))
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, form.names))
    sample_weight = parts.read_field(body, "sample_weight", _NAME.read)
    parts.finish()
    other = validation if isinstance(validation, Dataset) else None
    share = validation if isinstance(validation, TableShare) else None
    classes = reader.predicts_classes(ColumnProfiles(dataset))
    issues = [*reader.issues(dataset, DATASET), *(reader.issues(other, VALIDATION, DATASET) if other else ())]
    if share is not None:
        issues += compatibility.share_issues(share, ColumnProfiles(dataset), reader.targets, classes=classes)
    if sample_weight is not None:
        for one in filter(None, (dataset, other)):
            issues += compatibility.weight_issues(sample_weight, ColumnProfiles(one), reader.targets)
    if weights is not None and not classes:
        issues.append(FieldError(("class_weights",), "needs a target that names one class for each row"))
    if issues:
        raise Invalid(fields=list(dict.fromkeys(issues)))
    return TrainingData(
        rows=ColumnProfiles(dataset).rows_with(reader.targets),
        datasets={TRAINING: dataset.id, **({VALIDATION: other.id} if other else {})},
        dataset=named(dataset),
        columns=reader.columns,
        validation=share.to_json() if share else {"dataset": named(other), "rows": other.rows} if other else None,
        class_weights={"balanced": True} if isinstance(weights, str) else weights,
        sample_weight=sample_weight,
    )


def named(dataset: Dataset) -> dict[str, str]:
    return {"id": dataset.id, "name": dataset.name}


def find_dataset(backend: Backend, ref: Any, *path: str) -> Dataset:
    """Raises NotFound, and Invalid for what is no reference."""
    with invalid_fields(*path):
        text = Reference().read(ref)
    with naming("data set", *path):
        return backend.storage.get_dataset(text)


def read_reader(body: Body, record: records.Network, form: TargetForm) -> Reader:
    """Raises Invalid."""
    if record.table is None:
        return Reader(record, form, None, read_columns(body, record))
    parts = RequestReader()
    for name in ("inputs", "target"):
        if body.get(name) is not None:
            parts.reject(name, f"must not be given: the network {record.name} knows its columns")
    parts.finish()
    return Reader(record, form, TableSpec.from_json(record.table), None)


def read_columns(body: Body, record: records.Network) -> NumberColumns:
    """Which columns a network of plain numbers is trained on: those of its features' names unless others are named."""
    parts = RequestReader()
    inputs = parts.read_field(body, "inputs", _NAMES.read) or record.features
    if inputs is None and body.get("inputs") is None:
        parts.reject("inputs", f"is required: {record.name} has {record.inputs} inputs without names; name its columns")
    target = body.get("target")
    if target is None:
        parts.reject("target", "is required: the column, or the columns, that the network is to tell")
    targets = parts.read_field(body, "target", _NAMES.read if isinstance(target, list) else _one)
    for name, names in (("inputs", inputs), ("target", targets)):
        if names and len(set(names)) < len(names):
            parts.reject(name, "must name each column once")
    parts.finish()
    return NumberColumns(inputs=tuple(inputs or ()), targets=targets)


def _one(value: Any) -> tuple[str, ...]:
    return (_NAME.read(value),)


def read_validation(backend: Backend, value: Any) -> TableShare | Dataset:
    """Read ``{"fraction", "stratified"?, "group"?, "time"?}`` or ``{"dataset"}``."""
    if isinstance(value, Mapping) and "dataset" in value:
        return find_dataset(backend, OtherDataset.from_json(value).dataset, VALIDATION, "dataset")
    if isinstance(value, Mapping) and "inputs" in value:
        raise invalid(
            (), 'must be a share of the rows, or {"dataset": …}: rows given inline belong to data given inline'
        )
    return TableShare.from_json(value)
