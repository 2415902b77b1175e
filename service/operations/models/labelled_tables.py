"""Rows with their targets in the words of a table, from a request or from a data set, to rows the engine takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.data.frame import Frame
from service.data.matrices import first_issues
from service.data.preprocessing.checks import has_target, raise_issues, unknown_targets
from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.report import Cells
from service.data.preprocessing.table import TableSpec
from service.data.row_paths import in_table_rows
from service.data.table_rows import Columns, read_rows
from service.domain.records import Dataset, Network
from service.engine import network as engine
from service.engine.rows import Rows
from service.operations.backend import Backend
from service.operations.models.labels import target_form
from service.schema.rules import shown
from service.schema.validation import DataError, ValidationIssue

#: Cells of a data set that one request may have in memory.
MAX_CELLS = 20_000_000


def input_and_target(spec: TableSpec) -> Columns:
    """What a row to be judged holds."""
    return Columns(spec.all_kinds, frozenset((*spec.required, *spec.target_names)), frozenset(spec.named))


@dataclass(frozen=True)
class LabelledRows:
    """Rows for the engine; `left_out` had no target, or one that the network does not tell."""

    rows: Rows
    cells: Cells
    left_out: int = 0


def read_named_table(value: Any, fitted: Fitted, record: Network, network: engine.Network) -> LabelledRows:
    """Read a list of objects with inputs and targets, or ``{"inputs": objects, "targets": …}``.

    Raises DataError with the place of each bad cell.
    """
    rows, wrapped = _merged(value, fitted.spec) if isinstance(value, Mapping) else (value, False)
    spec = fitted.spec
    try:
        frame = read_rows(rows, input_and_target(spec))
        raise_issues(first_issues(unknown_targets(spec, frame, missing=False)))
        return labelled(frame, fitted, record, network)
    except DataError as error:
        if not wrapped:
            raise
        raise DataError(_unmerged(issue, spec) for issue in error.issues) from error


def labelled(frame: Frame, fitted: Fitted, record: Network, network: engine.Network) -> LabelledRows:
    """Encode. Raises DataError when no row has its target."""
    kept = has_target(fitted.spec, frame)
    if not kept.any():
        names = ", ".join(fitted.spec.target_names)
        raise DataError([ValidationIssue((), f"must have at least one row with a known value of {names}")])
    left_out = int(len(frame) - np.count_nonzero(kept))
    frame = frame.take(kept) if left_out else frame
    negative = target_form(record, network.spec).negative
    with in_table_rows(np.flatnonzero(kept)):
        inputs, cells = fitted.encode(frame, network.dtype)
    targets = fitted.targets(frame, network.dtype, outputs=network.outputs, negative=negative)
    return LabelledRows(Rows.of(network, inputs, targets, units=fitted.units), cells, left_out)


def read_dataset(backend: Backend, dataset: Dataset, names: Sequence[str]) -> Frame:
    """The named columns of a data set; names it lacks are left to whoever looks for them. Raises DataError."""
    known = [name for name in names if any(column["name"] == name for column in dataset.columns)]
    if dataset.rows * max(len(known), 1) > MAX_CELLS:
        most = MAX_CELLS // max(len(known), 1)
        raise DataError(
            [ValidationIssue((), f"must have at most {most:,} rows to be judged at once, has {dataset.rows:,}")]
        )
    # Not above: pyarrow takes a while to load, and few requests need it.
    from service.data.tables.chunks import decode_chunks

    chunks = (backend.storage.read_chunk(dataset.id, number) for number in range(dataset.chunks))
    return decode_chunks(chunks, known, dataset.rows)


def _merged(value: Mapping[str, Any], spec: TableSpec) -> tuple[Any, bool]:
    """Rows as objects that also hold what `targets` tells of each: one value, or one for each target."""
    if value.keys() != {"inputs", "targets"}:
        raise DataError(
            [ValidationIssue((), 'must be a list of rows, or have "inputs" and "targets" and nothing else')]
        )
    inputs, targets, names = value["inputs"], value["targets"], spec.target_names
    if not isinstance(inputs, list) or not isinstance(targets, list) or len(inputs) != len(targets):
        raise DataError([ValidationIssue(("targets",), "must be a list with an entry for each row of inputs")])
    issues: list[ValidationIssue] = []
    rows: list[Any] = []
    for index, (row, target) in enumerate(zip(inputs, targets, strict=True)):
        told = target if isinstance(target, list) and len(target) == len(names) else [target]
        if isinstance(target, Mapping) and target.keys() == set(names):
            told = [target[name] for name in names]
        if len(told) != len(names):
            issues.append(ValidationIssue(("targets", index), f"must tell {', '.join(names)}, got {shown(target)}"))
        elif isinstance(row, Mapping) and (strange := [name for name in names if name in row]):
            issues.append(ValidationIssue(("inputs", index, strange[0]), "stands in targets"))
        else:
            rows.append({**row, **dict(zip(names, told, strict=True))} if isinstance(row, Mapping) else row)
    if issues:
        raise DataError(issues[:20])
    return rows, True


def _unmerged(issue: ValidationIssue, spec: TableSpec) -> ValidationIssue:
    """The place of a fault of merged rows, where the request has it."""
    if len(issue.path) == 3:  # of rows for the engine, whose parts are called as in the request
        return issue
    if len(issue.path) == 2 and issue.path[1] in spec.target_names:
        return ValidationIssue(("targets", issue.path[0]), issue.message)
    return issue.under("inputs")
