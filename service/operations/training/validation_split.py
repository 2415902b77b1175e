"""Which rows a run is validated on: a share of its own rows, or rows given for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.data.splits import Indexes, split_rows, split_stratified
from service.data.targets import TargetForm
from service.domain import records
from service.engine.network import Network
from service.engine.rows import Rows
from service.operations.models.labelled_rows import read_table
from service.schema.fields import Spec, field
from service.schema.rules import Flag, Number
from service.schema.validation import DataError, ValidationIssue


@dataclass(frozen=True, kw_only=True)
class ValidationShare(Spec):
    """A share of the rows, drawn with the seed of the training."""

    fraction: float = field(Number(above=0, below=1), help="share of the rows that validate instead of training")
    stratified: bool = field(Flag(), default=False, help="draw the same share of every class")


def read_validation(value: Any, record: records.Network, network: Network) -> ValidationShare | Rows:
    """Read ``{"fraction", "stratified"?}`` or a table. Raises SpecError, DataError or Invalid."""
    if isinstance(value, Mapping) and "inputs" in value:
        return read_table(value, record, network)
    return ValidationShare.from_json(value)


def split(rows: Rows, share: ValidationShare, form: TargetForm, *, seed: int) -> tuple[Rows, Rows]:
    """Return (training, validation). Raises DataError when the rows cannot be divided so."""
    if len(rows) < 2:
        raise DataError([ValidationIssue(("fraction",), "needs at least 2 rows to divide")])
    if not share.stratified:
        training, validation = split_rows(len(rows), share.fraction, seed=seed)
    else:
        training, validation = _split_by_class(rows, share.fraction, form, seed)
    return rows.take(training), rows.take(validation)


def _split_by_class(rows: Rows, fraction: float, form: TargetForm, seed: int) -> tuple[Indexes, Indexes]:
    classes = form.classes_of(rows.targets)
    if classes is None:
        raise DataError([ValidationIssue(("stratified",), "needs targets that name one class for each row")])
    training, validation = split_stratified(classes, fraction, seed=seed)
    if not len(validation):
        words = f"leaves no class with a row to spare: {len(np.unique(classes))} classes in {len(rows)} rows"
        raise DataError([ValidationIssue(("fraction",), words)])
    return training, validation
