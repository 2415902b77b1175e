"""Training data given inline as rows of plain numbers: divided and weighted at once, and stored as matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.data.class_weights import ClassWeights, read_class_weights, weigh_by_class
from service.data.row_keys import matrix_bits
from service.data.signatures.signature import Signature
from service.domain.types import Json
from service.engine.rows import Rows
from service.jobs import encoded_rows
from service.jobs.division import TEST, TRAINING, UNKNOWN_SPLIT, VALIDATION, Division, HeldOutShare, divide
from service.jobs.member_rows import draws_of_numbers
from service.operations.request_reader import RequestReader
from service.operations.training.training_data import TrainingData
from service.operations.training.validation_split import Shares, default_method, read_validation, shares_of
from service.operations.validation import invalid_fields


def read_matrices(body: Mapping[str, Any], signature: Signature, *, seed: int) -> TrainingData:
    """Raises Invalid with the issues of data, validation, test and class weights."""
    form, parts = signature.form, RequestReader()

    def read_rows(value: Any) -> Rows:
        return signature.read_labelled(value).rows

    rows = parts.read_field(body, "data", read_rows)
    validation = parts.read_field(body, VALIDATION, lambda value: read_validation(value, rows=read_rows))
    test = parts.read_field(body, TEST, HeldOutShare.from_json)
    shares = parts.read((), lambda: shares_of(validation, test, method=default_method(body)))
    weights = parts.read_field(body, "class_weights", lambda value: read_class_weights(value, form.names))
    if body.get("sample_weight") is not None:
        parts.reject("sample_weight", "names a column, and these rows have none; give data its sample_weights")
    parts.finish()
    with invalid_fields():
        divided = _divide(rows, shares, signature, seed)
        # The weights of classes are now part of the rows' own; validation reports the plain loss, whatever the weights.
        training = weigh_by_class(divided.parts[TRAINING], weights, form)
    if shares.validation is not None and signature.network.members:
        return _undivided(rows, shares, signature, weights, seed)
    given = validation if isinstance(validation, Rows) else None
    held_out = divided.parts.get(VALIDATION, given)
    return TrainingData(
        rows=len(training),
        data=encoded_rows.encode(training, held_out, divided.parts.get(TEST)),
        validation=_remembered(shares.validation, held_out),
        test=_remembered(shares.test, divided.parts.get(TEST)),
        split=divided.split,
        class_weights=weights,
    )


def _undivided(
    rows: Rows, shares: Shares, signature: Signature, weights: ClassWeights | None, seed: int
) -> TrainingData:
    """Rows for an ensemble, whose members draw their validation rows from all but the test rows when they train."""
    assert shares.validation is not None
    found = _divide(rows, Shares(None, shares.test), signature, seed)
    # The numbers of rows are shown as those of the first member.
    draws = draws_of_numbers(found.parts[TRAINING], signature, _division(shares, signature, seed), (0,))
    return TrainingData(
        rows=len(draws.training[0]),
        data=encoded_rows.encode(found.parts[TRAINING], None, found.parts.get(TEST)),
        validation={**shares.validation.to_json(), "rows": len(draws.validation[0])},
        test=_remembered(shares.test, found.parts.get(TEST)),
        split=found.split or UNKNOWN_SPLIT,
        class_weights=weights,
    )


@dataclass(frozen=True)
class _DividedRows:
    parts: Mapping[str, Rows]
    split: Json | None = None


def _divide(rows: Rows, shares: Shares, signature: Signature, seed: int) -> _DividedRows:
    if shares.way is None:
        return _DividedRows({TRAINING: rows})
    found = divide(
        len(rows),
        _division(shares, signature, seed),
        classes=lambda: signature.form.classes_of(rows.targets),
        bits=lambda: matrix_bits(rows.inputs),
    )
    return _DividedRows({part: rows.take(indexes) for part, indexes in found.parts.items()}, found.split)


def _division(shares: Shares, signature: Signature, seed: int) -> Division:
    return Division(validation=shares.validation, test=shares.test, seed=seed, split_seed=signature.network.spec.seed)


def _remembered(share: HeldOutShare | None, rows: Rows | None) -> Json | None:
    """What the job remembers of how rows were chosen."""
    if rows is None:
        return None
    return {**({} if share is None else share.to_json()), "rows": len(rows)}
