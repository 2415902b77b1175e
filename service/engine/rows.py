"""Rows as the engine needs them: checked once on entry, so that nothing inside has to check again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.units import Units
from service.schema.validation import DataError, ValidationIssue

#: Number of invalid cells an error lists before it only counts them.
MAX_ISSUES = 10
NO_CODES: Mapping[int, int] = {}


@dataclass(frozen=True)
class Rows:
    """Inputs (N, inputs) and targets (N, outputs), and sample weights (N,) if rows differ in weight.

    `units` is the target scaling that a metric has to undo.
    """

    inputs: Array
    targets: Array
    sample_weights: Array | None = None
    units: Units | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, indexes: Array) -> Rows:
        """Copies of the rows at these indexes, in this order."""
        weights = None if self.sample_weights is None else self.sample_weights[indexes]
        return Rows(self.inputs[indexes], self.targets[indexes], weights, self.units)

    def reading(self, inputs: Array | None) -> Rows:
        """The same rows with these of their inputs; None: with all."""
        return self if inputs is None else replace(self, inputs=np.ascontiguousarray(self.inputs[:, inputs]))

    def weighted(self, by: Array) -> Rows:
        """The same rows with their weights multiplied. Raises DataError."""
        with np.errstate(over="ignore"):
            product = by if self.sample_weights is None else by * self.sample_weights
        return replace(self, sample_weights=_weights(product, self.inputs.dtype))

    @classmethod
    def of(
        cls, network: Network, inputs: Any, targets: Any, sample_weights: Any = None, *, units: Units | None = None
    ) -> Rows:
        """Check and convert. Raises DataError with the path of every invalid cell, up to a limit: `inputs[3][1]`;
        ValueError for units of another number of outputs."""
        if units is not None and units.scale.shape != (network.outputs,):
            raise ValueError(f"units must be of {network.outputs} outputs, got {len(units.scale)}")
        issues: list[ValidationIssue] = []
        x = _collect(issues, "inputs", lambda: matrix(inputs, network.inputs, network.dtype, network.codes))
        y = _collect(issues, "targets", lambda: _targets(network, targets))
        w = None
        if sample_weights is not None:
            w = _collect(issues, "sample_weights", lambda: _weights(sample_weights, network.dtype))
        counts = {"targets": y, "sample_weights": w}
        for name, array in counts.items():
            if x is not None and array is not None and len(array) != len(x):
                issues.append(ValidationIssue((name,), f"must have as many rows as inputs, {len(x)}, got {len(array)}"))
        if issues or x is None or y is None:
            raise DataError(issues)
        return cls(x, y, w, units)


def _collect(issues: list[ValidationIssue], name: str, read: Callable[[], Array]) -> Array | None:
    try:
        return read()
    except DataError as error:
        issues.extend(issue.under(name) for issue in error.issues)
        return None


def matrix(given: Any, width: int, dtype: np.dtype[Any], codes: Mapping[int, int] = NO_CODES) -> Array:
    """Finite numbers (rows, width); in the columns of `codes`, whole numbers up to that code. Raises DataError."""
    try:
        array = np.asarray(given)
        # Text and objects are rejected rather than parsed: "1" is not 1 here.
        if array.dtype.kind not in "biuf" and array.size:
            raise ValueError
    except ValueError:
        raise DataError(_uneven(given, width)) from None
    if array.ndim != 2 or len(array) == 0:
        shape = "no rows" if len(np.shape(array)) and len(array) == 0 else f"shape {array.shape}"
        raise DataError([ValidationIssue((), f"must be one or more rows of {width} numbers, got {shape}")])
    if array.shape[1] != width:
        raise DataError([ValidationIssue((), f"must have {width} numbers per row, got {array.shape[1]}")])
    with np.errstate(over="ignore"):
        converted = np.ascontiguousarray(array, dtype=dtype)
    if not np.isfinite(converted).all():
        _reject_cells(~np.isfinite(converted), array, f"must be a finite number that fits {dtype.name}")
    if issues := [issue for column, highest in codes.items() for issue in _code_issues(array, column, highest)]:
        raise DataError(issues)
    return converted


def _code_issues(given: Array, column: int, highest: int) -> Iterator[ValidationIssue]:
    """Issues for the cells of one column that are not category codes."""
    numbers = given[:, column]
    if numbers.dtype.kind == "f" and highest > 2 ** (np.finfo(numbers.dtype).nmant + 1):
        message = f"must not be {numbers.dtype.name}, which cannot hold every category code up to {highest} exactly"
        yield ValidationIssue((), f"column {column} {message}")
        return
    wrong = np.flatnonzero((numbers < 0) | (numbers > highest) | (numbers != np.rint(numbers)))
    for row in wrong[:MAX_ISSUES]:
        message = f"must be a category code: a whole number from 0 (unknown) to {highest}, got {numbers[row]}"
        yield ValidationIssue((int(row), column), message)
    if len(wrong) > MAX_ISSUES:
        yield ValidationIssue((), f"and {len(wrong) - MAX_ISSUES} more such cells in column {column}")


def _uneven(given: Any, width: int) -> list[ValidationIssue]:
    """Find the rows that are not rows of numbers, for arrays that NumPy could not create."""
    issues: list[ValidationIssue] = []
    for index, row in enumerate(given if isinstance(given, list | tuple) else ()):
        if not isinstance(row, list | tuple) or len(row) != width:
            got = f"{len(row)} values" if isinstance(row, list | tuple) else "not a list"
            issues.append(ValidationIssue((index,), f"must be {width} numbers, got {got}"))
            continue
        for column, cell in enumerate(row):
            if isinstance(cell, bool) or not isinstance(cell, int | float):
                issues.append(ValidationIssue((index, column), "must be a number"))
            elif isinstance(cell, int) and abs(cell) >= 2**63:
                issues.append(ValidationIssue((index, column), "has too many digits; write it in the form 1e30"))
    return issues[:MAX_ISSUES] or [ValidationIssue((), f"must be one or more rows of {width} numbers")]


def _reject_cells(wrong: Array, given: Array, message: str) -> None:
    places = np.argwhere(wrong)
    if len(places) == 0:
        return
    issues = [
        ValidationIssue(tuple(int(part) for part in place), f"{message}, got {given[tuple(place)]}")
        for place in places[:MAX_ISSUES]
    ]
    if len(places) > MAX_ISSUES:
        issues.append(ValidationIssue((), f"and {len(places) - MAX_ISSUES} more such cells"))
    raise DataError(issues)


def _targets(network: Network, given: Any) -> Array:
    targets = matrix(given, network.outputs, network.dtype)
    kind = network.spec.loss.targets
    if kind in ("share", "distribution"):
        _reject_cells((targets < 0) | (targets > 1), targets, "must be between 0 and 1")
    if kind == "distribution":
        totals = targets.sum(axis=1)
        _reject_cells(np.abs(totals - 1) > 1e-3, totals, "must sum to 1 over the outputs")
        # A third may be given as 0.333, and cross-entropy from logits is only right for a sum of one.
        targets = targets / totals[:, None]
    if kind == "count":
        _reject_cells(targets < 0, targets, "must not be negative")
    if kind == "sign":
        _reject_cells(np.abs(targets) != 1, targets, "must be -1 or 1")
    return targets


def _weights(given: Any, dtype: np.dtype[Any]) -> Array:
    try:
        array = np.asarray(given)
        if array.ndim != 1 or array.dtype.kind not in "biuf":
            raise ValueError
    except ValueError:
        raise DataError([ValidationIssue((), "must have one number per row")]) from None
    with np.errstate(over="ignore"):
        weights = array.astype(dtype)
    _reject_cells(~np.isfinite(weights) | (weights < 0), array, "must be a finite number of at least 0")
    if weights.size and not weights.any():
        raise DataError([ValidationIssue((), "must not all be 0: no row would have any weight")])
    return weights
