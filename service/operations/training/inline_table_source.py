"""A training on rows given inline as objects, in the words of a network that speaks names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from service.data.class_weights import read_class_weights
from service.data.frame import Frame, Kind
from service.data.matrices import first_issues
from service.data.number_columns import MAX_NAME
from service.data.preprocessing.checks import raise_issues, unknown_targets
from service.data.preprocessing.table import TableSpec
from service.data.table_rows import Columns, read_rows
from service.domain import records
from service.engine.network import Network
from service.engine.training.spec import TrainingSpec
from service.errors import FieldError, Invalid
from service.jobs import encoded_frames
from service.jobs.division import TableShare
from service.jobs.encoders import encoder_for
from service.jobs.options import JobOptions
from service.jobs.preparation import TRAINING, VALIDATION, prepare
from service.operations.models.labels import target_form
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.validation import invalid_fields
from service.schema.rules import Text
from service.schema.validation import Path

Body = Mapping[str, Any]


def read_row_training(
    body: Body, record: records.Network, network: Network, training: TrainingSpec, table: records.Json
) -> TrainingData:
    """Raises Invalid with everything that is wrong."""
    spec, form = TableSpec.from_json(table), target_form(record, network.spec)
    parts = RequestReader()
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, form.names))
    sample_weight = parts.read_field(body, "sample_weight", Text(MAX_NAME).read)
    given = body.get("validation")
    share = None if isinstance(given, list) else parts.read_field(body, "validation", TableShare.from_json)
    parts.finish()
    columns = columns_of(spec, sample_weight, share)
    if issues := list(kind_issues(columns.kinds, spec, sample_weight, share)):
        raise Invalid(fields=issues)
    tables = {TRAINING: parts.read_field(body, "data", lambda value: read_known_rows(value, columns, spec))}
    if isinstance(given, list):
        tables[VALIDATION] = parts.read((VALIDATION,), lambda: read_known_rows(given, columns, spec))
    parts.finish()
    training_data = TrainingData(
        rows=len(tables[TRAINING]),
        data=encoded_frames.encode(tables),
        validation=share.to_json() if share else {"rows": len(tables[VALIDATION])} if VALIDATION in tables else None,
        class_weights={"balanced": True} if isinstance(weights, str) else weights,
        sample_weight=sample_weight,
    )
    _try(tables, record, network, training, training_data)
    return training_data


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
    return Columns(kinds, frozenset(required), frozenset(spec.named))


def kind_issues(
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
    raise_issues(first_issues(unknown_targets(spec, frame, missing=True)))
    return frame


def _try(
    tables: Mapping[str, Frame],
    record: records.Network,
    network: Network,
    training: TrainingSpec,
    training_data: TrainingData,
) -> None:
    """Prepare the rows as the job will, so that what it would fail of is refused now. Raises Invalid."""
    options = JobOptions(
        training=training,
        validation=training_data.validation,
        class_weights=training_data.class_weights,
        sample_weight=training_data.sample_weight,
    )
    form = target_form(record, network.spec)
    try:
        with invalid_fields():
            prepare(dict(tables), encoder_for(network, record.table, None, form, None), options, form)
    except Invalid as error:
        raise Invalid(fields=[replace(issue, path=_in_request(issue.path)) for issue in error.fields]) from error


def _in_request(path: Path) -> Path:
    """Where the request has what is wrong; options, and a table that validates, are called the same there."""
    return ("data", *path[1:]) if path[:1] == (TRAINING,) else path
