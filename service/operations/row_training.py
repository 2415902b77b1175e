"""A training on rows given inline as objects, in the words of a network that speaks names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from service.data.class_weights import read_class_weights
from service.data.frame import Frame, Kind
from service.data.matrices import first_faults
from service.data.named_rows import Columns, read_rows
from service.data.number_columns import MAX_NAME
from service.data.preprocessing.checks import raise_faults, strange_targets
from service.data.preprocessing.table import TableSpec
from service.domain import records
from service.engine.faults import Path
from service.engine.network import Network
from service.engine.rules import Text
from service.engine.training_spec import TrainingSpec
from service.errors import FieldError, Invalid
from service.jobs import frames
from service.jobs.division import TableShare
from service.jobs.encoders import encoder_for
from service.jobs.options import JobOptions
from service.jobs.preparation import TRAINING, VALIDATION, prepare
from service.operations.faults import engine_faults
from service.operations.gathering import Gathering
from service.operations.labels import target_form
from service.operations.material import Material

Wish = Mapping[str, Any]


def read_row_training(
    wish: Wish, record: records.Network, network: Network, training: TrainingSpec, table: records.Json
) -> Material:
    """Raises Invalid with everything that is wrong."""
    spec, form = TableSpec.from_json(table), target_form(record, network.spec)
    parts = Gathering()
    weights = parts.read_field(wish, "class_weights", lambda value: read_class_weights(value, form.names))
    sample_weight = parts.read_field(wish, "sample_weight", Text(MAX_NAME).read)
    given = wish.get("validation")
    share = None if isinstance(given, list) else parts.read_field(wish, "validation", TableShare.from_json)
    parts.finish()
    columns = columns_of(spec, sample_weight, share)
    if faults := list(kind_faults(columns.kinds, spec, sample_weight, share)):
        raise Invalid(fields=faults)
    tables = {TRAINING: parts.read_field(wish, "data", lambda value: read_known_rows(value, columns, spec))}
    if isinstance(given, list):
        tables[VALIDATION] = parts.read((VALIDATION,), lambda: read_known_rows(given, columns, spec))
    parts.finish()
    material = Material(
        rows=len(tables[TRAINING]),
        data=frames.encode(tables),
        validation=share.to_json() if share else {"rows": len(tables[VALIDATION])} if VALIDATION in tables else None,
        class_weights={"balanced": True} if isinstance(weights, str) else weights,
        sample_weight=sample_weight,
    )
    _try(tables, record, network, training, material)
    return material


def columns_of(spec: TableSpec, sample_weight: str | None, share: TableShare | None) -> Columns:
    """What a row for training may have, and what it must have."""
    kinds = dict(spec.all_kinds)
    required = set(spec.required)
    if sample_weight is not None:
        kinds.setdefault(sample_weight, "number")
        required.add(sample_weight)
    if share is not None and share.group is not None:
        kinds.setdefault(share.group, "category")
    if share is not None and share.time is not None:
        kinds.setdefault(share.time, "time")
        required.add(share.time)
    return Columns(kinds, frozenset(required))


def kind_faults(
    kinds: Mapping[str, Kind], spec: TableSpec, sample_weight: str | None, share: TableShare | None
) -> Iterator[FieldError]:
    """What keeps the network's own columns from being used for this too, as those of a data set would be."""
    if sample_weight is not None and sample_weight in spec.target_names:
        yield FieldError(("sample_weight",), "must not be the target")
    elif sample_weight is not None and kinds[sample_weight] != "number":
        words = f'must be a column of numbers; "{sample_weight}" is a {kinds[sample_weight]} column'
        yield FieldError(("sample_weight",), words)
    if share is not None and share.time is not None and kinds[share.time] not in ("time", "number"):
        words = f'must be a column of times or numbers; "{share.time}" is a {kinds[share.time]} column'
        yield FieldError(("validation", "time"), words)


def read_known_rows(value: Any, columns: Columns, spec: TableSpec) -> Frame:
    """Rows whose targets, where they have them, are ones that the network tells. Raises DataError."""
    frame = read_rows(value, columns)
    raise_faults(first_faults(strange_targets(spec, frame, missing=True)))
    return frame


def _try(
    tables: Mapping[str, Frame], record: records.Network, network: Network, training: TrainingSpec, material: Material
) -> None:
    """Prepare the rows as the job will, so that what it would fail of is refused now. Raises Invalid."""
    options = JobOptions(
        training=training,
        validation=material.validation,
        class_weights=material.class_weights,
        sample_weight=material.sample_weight,
    )
    form = target_form(record, network.spec)
    try:
        with engine_faults():
            prepare(dict(tables), encoder_for(network, record.table, None, form, None), options, form)
    except Invalid as error:
        raise Invalid(fields=[replace(fault, place=_in_request(fault.place)) for fault in error.fields]) from error


def _in_request(place: Path) -> Path:
    """Where the request has what is wrong; options, and a table that validates, are called the same there."""
    return ("data", *place[1:]) if place[:1] == (TRAINING,) else place
