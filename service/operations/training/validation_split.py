"""Which rows a training is validated on, as a request says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from service.jobs.division import ValidationShare
from service.operations.validation import invalid
from service.schema.fields import Spec, field
from service.schema.rules import Reference

T = TypeVar("T")


@dataclass(frozen=True)
class OtherDataset(Spec):
    """Validates on all rows of another data set."""

    dataset: str = field(Reference(), help="by id or name")


def read_validation(
    value: Any, *, rows: Callable[[Any], T] | None = None, dataset: Callable[[str], T] | None = None
) -> ValidationShare | T:
    """Read a share of the rows, rows by `rows`, or ``{"dataset"}`` by `dataset`. Raises ValidationError or Invalid."""
    if isinstance(value, list) or (isinstance(value, Mapping) and "inputs" in value):
        if rows is None:
            raise invalid((), 'must be a share of the rows or {"dataset": …}: inline rows validate inline data')
        return rows(value)
    if isinstance(value, Mapping) and "dataset" in value:
        if dataset is None:
            raise invalid((), "must be a share of the rows, or rows: a data set validates another data set")
        return dataset(OtherDataset.from_json(value).dataset)
    return ValidationShare.from_json(value)
