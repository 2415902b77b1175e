"""A training that is to be a cross-validation: what goes with it, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from service.data.signatures.number_signature import NumberSignature
from service.data.signatures.signature import Signature
from service.errors import FieldError, Invalid
from service.jobs.division import VALIDATION
from service.jobs.folds import FOLDS, Folds
from service.jobs.options import INITIAL
from service.jobs.snapshot_policy import SnapshotPolicy
from service.operations.training.training_data import TrainingData
from service.operations.validation import invalid_fields
from service.schema.types import Body

#: Its weights answer nothing, and are not kept.
NO_SNAPSHOTS = SnapshotPolicy(best=False, last=False)
UNFIT = {
    VALIDATION: "must be left out with folds: each fold validates once",
    "test": "must be left out with folds: every row is held out once",
    "promote": "must be left out with folds: they make no weights that could answer",
    "snapshots": "must be left out with folds: their weights are not kept",
    "threshold": "must be left out with folds: they make no weights that could answer",
    "calibrate": "must be left out with folds: they make no weights that could answer",
}


def read_folds(body: Body, signature: Signature) -> Folds | None:
    """Raises Invalid."""
    if (value := body.get(FOLDS)) is None:
        return None
    with invalid_fields(FOLDS):
        folds = Folds.read(value)
    if issues := list(_issues(body, signature)):
        raise Invalid(fields=issues)
    return folds


def _issues(body: Body, signature: Signature) -> Iterator[FieldError]:
    for name, message in UNFIT.items():
        if body.get(name) is not None:
            yield FieldError((name,), message)
    if body.get("start_from") not in (None, INITIAL):
        yield FieldError(("start_from",), "must be initial with folds: other weights may have seen the held-out rows")
    if body.get("class_weights") is not None and body.get("data") and isinstance(signature, NumberSignature):
        yield FieldError(("class_weights",), "must be left out with folds of rows of plain numbers: send a dataset")


def read_rows(folds: Folds, body: Body, read: Callable[[Body], TrainingData]) -> TrainingData:
    """The rows, read as if one fold were their validation rows. Raises Invalid."""
    try:
        data = read({**body, VALIDATION: folds.share.to_json()})
    except Invalid as error:
        renamed = [replace(issue, path=_renamed(issue.path)) for issue in error.fields]
        raise Invalid(fields=renamed) from error
    # Rows of numbers have been divided already; the job puts them together again.
    rows = data.rows + (data.validation or {}).get("rows", 0)
    if rows < folds.count:
        message = f"must be at most the number of rows, {rows}, got {folds.count}"
        raise Invalid(fields=[FieldError((FOLDS, "count"), message)])
    return replace(data, rows=rows)


def _renamed(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    if path[:1] != (VALIDATION,):
        return path
    return (FOLDS, *("count" if part == "fraction" else part for part in path[1:]))
