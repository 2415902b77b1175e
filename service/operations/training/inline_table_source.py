"""Training data given inline as rows of a table: objects by column, stored as frames that the job prepares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from service.data.class_weights import ONE_CLASS_EACH, read_class_weights
from service.data.frame import Frame, Kind
from service.data.matrices import first_issues, read_list
from service.data.number_columns import MAX_NAME
from service.data.preprocessing.checks import raise_issues, unknown_targets
from service.data.preprocessing.table import TableSpec
from service.data.signatures.table_signature import TableSignature
from service.data.table_rows import Columns, read_rows
from service.engine.training.spec import TrainingSpec
from service.errors import FieldError, Invalid
from service.jobs import encoded_frames
from service.jobs.division import TEST, TRAINING, VALIDATION, HeldOutShare
from service.jobs.options import JobOptions
from service.jobs.preparation import prepare
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.training.validation_split import Shares, default_method, read_validation, shares_of, written
from service.operations.validation import invalid_fields
from service.schema.rules import Text
from service.schema.types import Body
from service.schema.validation import Path


def read_objects(body: Body, signature: TableSignature, training: TrainingSpec) -> TrainingData:
    """Raises Invalid with everything that is wrong."""
    table, parts = signature.table, RequestReader()
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, signature.form.names))
    sample_weight = parts.read_field(body, "sample_weight", Text(MAX_NAME).read)
    # Which columns the rows may have depends on the share, so that rows for validation are read further down.
    given = parts.read_field(body, "validation", lambda value: read_validation(value, rows=_unread))
    test = parts.read_field(body, TEST, HeldOutShare.from_json)
    shares = parts.read((), lambda: shares_of(given, test, method=default_method(body)))
    parts.finish()
    share = shares.way
    columns = columns_of(table, sample_weight, share)
    if issues := [*kind_issues(columns.kinds, table, sample_weight, shares), *_class_issues(signature, shares)]:
        raise Invalid(fields=issues)
    tables = {TRAINING: parts.read_field(body, "data", lambda value: read_known_rows(value, columns, table))}
    if isinstance(given, list):
        tables[VALIDATION] = parts.read((VALIDATION,), lambda: read_known_rows(given, columns, table))
    parts.finish()
    training_data = TrainingData(
        rows=len(tables[TRAINING]),
        data=encoded_frames.encode(tables),
        validation={"rows": len(tables[VALIDATION])} if VALIDATION in tables else written(shares.validation),
        test=written(shares.test),
        class_weights=weights,
        sample_weight=sample_weight,
    )
    _try(tables, signature, training, training_data)
    return training_data


def _unread(value: Any) -> list[Any]:
    rows: list[Any] = list(read_list(value, "rows"))
    return rows


def columns_of(table: TableSpec, sample_weight: str | None, share: HeldOutShare | None) -> Columns:
    """The columns that a row for training may have, and those that it must have."""
    kinds = dict(table.all_kinds)
    required = set(table.required)
    if sample_weight is not None:
        kinds.setdefault(sample_weight, "number")
        required.add(sample_weight)
    if share is not None and share.group is not None:
        kinds.setdefault(share.group, "category")
    if share is not None and share.time is not None:
        kinds.setdefault(share.time, "time")
        required.add(share.time)
    return Columns(kinds, frozenset(required), frozenset(table.named), table.read_as)


def kind_issues(
    kinds: Mapping[str, Kind], table: TableSpec, sample_weight: str | None, shares: Shares
) -> Iterator[FieldError]:
    """What keeps one of the network's own columns from also being a weight or a time, as for a data set."""
    if sample_weight is not None and sample_weight in table.target_names:
        yield FieldError(("sample_weight",), "must not be the target")
    elif sample_weight is not None and kinds[sample_weight] != "number":
        words = f'must be a column of numbers; "{sample_weight}" is a {kinds[sample_weight]} column'
        yield FieldError(("sample_weight",), words)
    if (share := shares.way) is not None and share.time is not None and kinds[share.time] not in ("time", "number"):
        words = f'must be a column of times or numbers; "{share.time}" is a {kinds[share.time]} column'
        yield FieldError((shares.part, "time"), words)


def _class_issues(signature: TableSignature, shares: Shares) -> Iterator[FieldError]:
    classifier = signature.classifier
    share = shares.way
    if share is not None and share.stratified and (classifier is None or classifier.multilabel):
        yield FieldError((shares.part, "stratified"), ONE_CLASS_EACH)


def read_known_rows(value: Any, columns: Columns, table: TableSpec) -> Frame:
    """Rows whose targets, where given, are ones that the network predicts. Raises DataError."""
    frame = read_rows(value, columns)
    raise_issues(first_issues(unknown_targets(table, frame, missing=True)))
    return frame


def _try(
    tables: Mapping[str, Frame], signature: TableSignature, training: TrainingSpec, training_data: TrainingData
) -> None:
    """Prepare the rows as the job will, so that what would fail there is rejected now. Raises Invalid."""
    options = JobOptions(
        training=training,
        validation=training_data.validation,
        test=training_data.test,
        split_seed=signature.network.spec.seed,
        class_weights=training_data.class_weights,
        sample_weight=training_data.sample_weight,
    )
    try:
        with invalid_fields():
            prepare(dict(tables), signature.encoder(), options)
    except Invalid as error:
        raise Invalid(fields=[replace(issue, path=_in_request(issue.path)) for issue in error.fields]) from error


def _in_request(path: Path) -> Path:
    """An issue's path in the request, where options and validation rows have the same path already."""
    return ("data", *path[1:]) if path[:1] == (TRAINING,) else path
