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
from service.engine.fields import Spec, field
from service.engine.network import Network
from service.engine.rules import Items, Text
from service.errors import FieldError, Invalid
from service.jobs.division import TableShare
from service.jobs.preparation import TRAINING, VALIDATION
from service.operations import table_checks
from service.operations.backend import Backend
from service.operations.faults import engine_faults, invalid, naming
from service.operations.gathering import Gathering
from service.operations.known_columns import KnownColumns
from service.operations.labels import target_form
from service.operations.material import Material

Wish = Mapping[str, Any]

DATASET = "dataset"
_NAME, _NAMES = Text(MAX_NAME), Items(Text(MAX_NAME), at_least=1)


@dataclass(frozen=True)
class OtherDataset(Spec):
    dataset: str = field(_NAME, says="a data set all of whose rows validate")


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

    def tells_classes(self, columns: KnownColumns) -> bool:
        """Whether a row's target names one class."""
        if self.table is not None:
            return not self.table.is_regression and not self.table.is_multilabel
        name = self.targets[0]
        if len(self.targets) > 1 or name not in columns:
            return False
        return columns.type_of(name) != "number" or self.form.takes_indexes or columns.distinct(name) <= 2

    def faults(self, dataset: Dataset, *place: str | int) -> list[FieldError]:
        """What keeps a data set from this network; `place` is where the request names it."""
        if self.table is not None:
            return list(table_checks.named_faults(self.table, KnownColumns(dataset), place))
        if self.columns is None:
            return []
        found = table_checks.number_faults(self.columns, KnownColumns(dataset), self.form, self.record.inputs)
        return [fault if place == (DATASET,) else FieldError(place, fault.message) for fault in found]


def read_table_training(backend: Backend, wish: Wish, record: records.Network, network: Network) -> Material:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that is not there."""
    form = target_form(record, network.spec)
    dataset = find_dataset(backend, wish["dataset"], "dataset")
    parts = Gathering()
    reader = parts.read((), lambda: read_reader(wish, record, form))
    validation = parts.read_field(wish, "validation", lambda value: read_validation(backend, value))
    weights = parts.read_field(wish, "class_weights", lambda value: read_class_weights(value, form.names))
    sample_weight = parts.read_field(wish, "sample_weight", _NAME.read)
    parts.finish()
    other = validation if isinstance(validation, Dataset) else None
    share = validation if isinstance(validation, TableShare) else None
    classes = reader.tells_classes(KnownColumns(dataset))
    faults = [*reader.faults(dataset, DATASET), *(reader.faults(other, VALIDATION, DATASET) if other else ())]
    if share is not None:
        faults += table_checks.share_faults(share, KnownColumns(dataset), reader.targets, classes=classes)
    if sample_weight is not None:
        for one in filter(None, (dataset, other)):
            faults += table_checks.weight_faults(sample_weight, KnownColumns(one), reader.targets)
    if weights is not None and not classes:
        faults.append(FieldError(("class_weights",), "needs a target that names one class for each row"))
    if faults:
        raise Invalid(fields=list(dict.fromkeys(faults)))
    return Material(
        rows=KnownColumns(dataset).rows_with(reader.targets),
        datasets={TRAINING: dataset.id, **({VALIDATION: other.id} if other else {})},
        dataset=named(dataset),
        columns=reader.columns,
        validation=share.to_json() if share else {"dataset": named(other), "rows": other.rows} if other else None,
        class_weights={"balanced": True} if isinstance(weights, str) else weights,
        sample_weight=sample_weight,
    )


def named(dataset: Dataset) -> dict[str, str]:
    return {"id": dataset.id, "name": dataset.name}


def find_dataset(backend: Backend, ref: Any, *place: str) -> Dataset:
    """Raises NotFound, and Invalid for what is no reference."""
    with engine_faults(*place):
        text = _NAME.read(ref)
    with naming("data set", *place):
        return backend.storage.get_dataset(text)


def read_reader(wish: Wish, record: records.Network, form: TargetForm) -> Reader:
    """Raises Invalid."""
    if record.table is None:
        return Reader(record, form, None, read_columns(wish, record))
    parts = Gathering()
    for name in ("inputs", "target"):
        if wish.get(name) is not None:
            parts.refuse(name, f"must not be given: the network {record.name} knows its columns")
    parts.finish()
    return Reader(record, form, TableSpec.from_json(record.table), None)


def read_columns(wish: Wish, record: records.Network) -> NumberColumns:
    """Which columns a network of plain numbers is trained on: those of its features' names unless others are named."""
    parts = Gathering()
    inputs = parts.read_field(wish, "inputs", _NAMES.read) or record.features
    if inputs is None and wish.get("inputs") is None:
        parts.refuse("inputs", f"is required: {record.name} has {record.inputs} inputs without names; name its columns")
    target = wish.get("target")
    if target is None:
        parts.refuse("target", "is required: the column, or the columns, that the network is to tell")
    targets = parts.read_field(wish, "target", _NAMES.read if isinstance(target, list) else _one)
    for name, names in (("inputs", inputs), ("target", targets)):
        if names and len(set(names)) < len(names):
            parts.refuse(name, "must name each column once")
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
