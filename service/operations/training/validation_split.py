"""Which rows a training holds out for validation and for a test, as a request says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from service.errors import FieldError, Invalid
from service.jobs.division import HASH, RANDOM, TEST, VALIDATION, HeldOutShare
from service.operations.validation import invalid
from service.schema.fields import Spec, field
from service.schema.rules import Reference
from service.schema.types import Body

T = TypeVar("T")


@dataclass(frozen=True)
class OtherDataset(Spec):
    """Validates on all rows of another data set."""

    dataset: str = field(Reference(), help="by id or name")


class Shares(NamedTuple):
    validation: HeldOutShare | None = None
    test: HeldOutShare | None = None

    @property
    def way(self) -> HeldOutShare | None:
        """How both are drawn."""
        return self.validation or self.test

    @property
    def part(self) -> str:
        """The field of a request that says so."""
        return TEST if self.validation is None else VALIDATION


def read_validation(
    value: Any, *, rows: Callable[[Any], T] | None = None, dataset: Callable[[str], T] | None = None
) -> HeldOutShare | T:
    """Read a share of the rows, rows by `rows`, or ``{"dataset"}`` by `dataset`. Raises ValidationError or Invalid."""
    if isinstance(value, list) or (isinstance(value, Mapping) and "inputs" in value):
        if rows is None:
            raise invalid((), 'must be a share of the rows or {"dataset": …}: inline rows validate inline data')
        return rows(value)
    if isinstance(value, Mapping) and "dataset" in value:
        if dataset is None:
            raise invalid((), "must be a share of the rows, or rows: a data set validates another data set")
        return dataset(OtherDataset.from_json(value).dataset)
    return HeldOutShare.from_json(value)


def shares_of(validation: Any, test: HeldOutShare | None, *, method: str) -> Shares:
    """Both shares of the training rows, drawn in one way; `method` is the one for none given. Raises Invalid."""
    share = validation.resolved(method) if isinstance(validation, HeldOutShare) else None
    if test is None or share is None:
        return Shares(share, None if test is None else test.resolved(method))
    if issues := list(_test_issues(share, test)):
        raise Invalid(fields=issues)
    return Shares(share, replace(share, fraction=test.fraction))


def written(share: HeldOutShare | None) -> dict[str, Any] | None:
    return None if share is None else share.to_json()


def default_method(body: Body) -> str:
    """Of inline rows. Models are only compared if the same rows are held out in every training."""
    return RANDOM if body.get("promote") is None else HASH


def _test_issues(validation: HeldOutShare, test: HeldOutShare) -> Iterator[FieldError]:
    for name in ("stratified", "group", "time", "method"):
        if getattr(test, name):
            yield FieldError((TEST, name), "must be left out: the test rows are drawn as the validation rows are")
    if validation.fraction + test.fraction >= 1:
        left = f"must leave rows to train on: with the validation's {validation.fraction:g} it makes all of them"
        yield FieldError((TEST, "fraction"), left)
