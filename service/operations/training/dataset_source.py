"""Training data of a data set: which columns, which rows validate, how much each row counts; checked from profiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.data.class_weights import ONE_CLASS_EACH, read_class_weights
from service.data.class_weights import PATH as CLASS_WEIGHTS
from service.data.number_columns import MAX_NAME
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.signatures.encoders import Encoder
from service.data.signatures.signature import Signature
from service.domain.datasets import Dataset
from service.errors import FieldError, Invalid
from service.jobs.division import HASH, TEST, TRAINING, VALIDATION, HeldOutShare
from service.operations.backend import Backend
from service.operations.datasets import compatibility
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.training.validation_split import Shares, read_validation, shares_of, written
from service.operations.validation import invalid_fields, naming
from service.schema.rules import Reference, Text
from service.schema.types import Body

DATASET = "dataset"
_NAME = Text(MAX_NAME)


def read_dataset_training(backend: Backend, body: Body, signature: Signature) -> TrainingData:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that does not exist."""
    dataset = find_dataset(backend, body[DATASET], DATASET)
    parts = RequestReader()
    columns = parts.read((), lambda: signature.read_columns(body.get("inputs"), body.get("target")))
    given = parts.read_field(body, VALIDATION, lambda value: _read_validation(backend, value))
    test = parts.read_field(body, TEST, HeldOutShare.from_json)
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, signature.form.names))
    sample_weight = parts.read_field(body, "sample_weight", _NAME.read)
    shares = parts.read((), lambda: shares_of(given, test, method=HASH))
    parts.finish()
    encoder, profiles = signature.encoder(columns), ColumnProfiles(dataset)
    other = given if isinstance(given, Dataset) else None
    others = None if other is None else ColumnProfiles(other)
    issues = [
        *_column_issues(encoder, profiles, others),
        *_test_issues(shares, others),
        *_row_issues(encoder, profiles, shares, weights is not None),
        *_weight_issues(encoder, sample_weight, profiles, others),
    ]
    if issues:
        raise Invalid(fields=list(dict.fromkeys(issues)))
    return TrainingData(
        rows=profiles.rows_with(encoder.targets),
        datasets={TRAINING: dataset.id, **({VALIDATION: other.id} if other else {})},
        dataset=named(dataset),
        columns=columns,
        validation={DATASET: named(other), "rows": other.rows} if other else written(shares.validation),
        test=written(shares.test),
        class_weights=weights,
        sample_weight=sample_weight,
    )


def named(dataset: Dataset) -> dict[str, Any]:
    return {"id": dataset.id, "name": dataset.name, "revision": dataset.revision}


def find_dataset(backend: Backend, ref: Any, *path: str) -> Dataset:
    """Raises NotFound, and Invalid for a value that is no reference."""
    with invalid_fields(*path):
        text = Reference().read(ref)
    with naming("data set", *path):
        return backend.storage.get_dataset(text)


def _read_validation(backend: Backend, value: Any) -> HeldOutShare | Dataset:
    return read_validation(value, dataset=lambda ref: find_dataset(backend, ref, VALIDATION, DATASET))


def _column_issues(encoder: Encoder, profiles: ColumnProfiles, others: ColumnProfiles | None) -> list[FieldError]:
    """What keeps the data sets from training and from validating the network."""
    issues = [FieldError(issue.path or (DATASET,), issue.message) for issue in encoder.profile_issues(profiles)]
    if others is not None:
        issues += [FieldError((VALIDATION, DATASET), issue.message) for issue in encoder.profile_issues(others)]
    return issues


def _test_issues(shares: Shares, others: ColumnProfiles | None) -> Iterator[FieldError]:
    """The columns of a group or a time are read from every table of a training."""
    for name in ("group", "time"):
        column = getattr(shares.test, name, None)
        if others is not None and column is not None and column not in others:
            yield FieldError((TEST, name), "must be a column of the data set that validates, too")


def _row_issues(encoder: Encoder, profiles: ColumnProfiles, shares: Shares, weighted: bool) -> list[FieldError]:
    """What keeps the rows from being divided, or weighted by class."""
    classes = encoder.predicts_class(profiles)
    issues = list(compatibility.share_issues(shares, profiles, encoder.targets, classes=classes))
    if weighted and not classes:
        issues.append(FieldError(CLASS_WEIGHTS, ONE_CLASS_EACH))
    return issues


def _weight_issues(
    encoder: Encoder, sample_weight: str | None, profiles: ColumnProfiles, others: ColumnProfiles | None
) -> list[FieldError]:
    if sample_weight is None:
        return []
    both = filter(None, (profiles, others))
    return [issue for one in both for issue in compatibility.weight_issues(sample_weight, one, encoder.targets)]
