"""From a user's tables to the rows the engine takes: some left out, divided, fitted, encoded, weighted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from service.data.class_weights import weigh_by_class
from service.data.frame import Column, Frame
from service.data.row_paths import in_table_rows
from service.data.splits import Indexes
from service.data.targets import TargetForm
from service.domain.records import Json
from service.engine.rows import Rows
from service.jobs.division import TableShare, divide
from service.jobs.encoders import Encoded, Encoder
from service.jobs.messages import Preparation, Table
from service.jobs.options import JobOptions
from service.schema.validation import DataError, ValidationIssue

TRAINING, VALIDATION = "training", "validation"


@dataclass(frozen=True)
class Prepared:
    """What a run trains on."""

    training: Rows
    validation: Rows | None
    groups: Mapping[str, Sequence[int]] | None = None  #: which of the network's inputs each of the user's columns is
    preprocessing: Json | None = None  #: fitted on the training rows
    report: Preparation | None = None  #: None where the rows came as they are


def prepare(tables: dict[str, Frame], encoder: Encoder, options: JobOptions, form: TargetForm) -> Prepared:
    """Takes the tables away from the caller's dict. Raises DataError with places in the tables, such as ("training", 3,
    "salt"), or in the options.

    A table is in memory once as columns and once as the matrix it becomes; beside them there is a column at a time.
    """
    counts = {role: len(table) for role, table in tables.items()}
    wanted = divided(tables, encoder, options)
    parts = _parts(tables, wanted)
    origins = {part: (rows, role) for role, of_table in wanted.items() for part, rows in of_table.items()}
    with in_table_rows(*origins[TRAINING]):
        encoder.fit(parts[TRAINING])
    encoded: dict[str, Encoded] = {}
    for role in list(parts):
        with in_table_rows(*origins[role]):
            # Once encoded, a part is in memory no more as columns.
            encoded[role] = encoder.encode(parts.pop(role), options.sample_weight)
    training = _by_class(encoded[TRAINING].rows, options.class_weights, form)
    validation = encoded[VALIDATION].rows if VALIDATION in encoded else None
    used = sum(len(part.rows) for part in encoded.values())
    told = {
        "rows": len(training),
        "validation_rows": len(validation) if validation else None,
        "rows_left_out": sum(counts.values()) - used,
        "warnings": list(encoder.warnings),
        **{role: part.cells for role, part in encoded.items() if part.cells},
    }
    report = Preparation(rows=len(training), data=told)
    return Prepared(training, validation, encoder.groups, encoder.preprocessing, report)


def read_tables(tables: Sequence[Table], chunks: Iterable[bytes], names: Sequence[str]) -> dict[str, Frame]:
    """The named columns of each table, from its chunks as they come."""
    # Not above: pyarrow takes a while to load, and most jobs need none of it.
    from service.data.tables.chunks import decode_chunks

    coming = iter(chunks)
    return {table.role: decode_chunks(islice(coming, table.chunks), names, table.rows) for table in tables}


def divided(tables: Mapping[str, Frame], encoder: Encoder, options: JobOptions) -> dict[str, dict[str, Indexes]]:
    """By table and part, the rows that train and those that validate, without those whose target is missing.

    Only `deciding_columns` are looked at. Raises DataError.
    """
    share, seed = share_of(options), options.training.seed
    kept = {role: _with_targets(table, role, encoder) for role, table in tables.items()}
    wanted = {role: {role: indexes} for role, indexes in kept.items()}
    if share is not None:
        deciding = tables[TRAINING].select(deciding_columns(encoder, options)).take(kept[TRAINING])
        training, validation = divide(deciding, share, encoder.targets, seed=seed)
        wanted[TRAINING] = {TRAINING: kept[TRAINING][training], VALIDATION: kept[TRAINING][validation]}
    return wanted


def deciding_columns(encoder: Encoder, options: JobOptions) -> list[str]:
    share = share_of(options)
    return list(dict.fromkeys([*encoder.targets, *(share.columns if share else ())]))


def needed_columns(encoder: Encoder, options: JobOptions) -> list[str]:
    share = share_of(options)
    others = [options.sample_weight, *(share.columns if share else ())]
    return list(dict.fromkeys([*encoder.inputs, *encoder.targets, *(name for name in others if name is not None)]))


def share_of(options: JobOptions) -> TableShare | None:
    """How a share of the table validates; None where another table does, or none."""
    given = options.validation or {}
    if "fraction" not in given:
        return None
    return TableShare.from_json({name: value for name, value in given.items() if name != "rows"})


def _parts(tables: dict[str, Frame], wanted: Mapping[str, dict[str, Indexes]]) -> dict[str, Frame]:
    parts: dict[str, Frame] = {}
    for role in list(tables):
        parts |= _parted(dict(tables.pop(role).columns), wanted[role])
    return parts


def _with_targets(table: Frame, role: str, encoder: Encoder) -> Indexes:
    kept = np.flatnonzero(encoder.has_target(table))
    if not len(kept):
        raise DataError(
            [ValidationIssue((role,), f"no row of the {role} table has a known value of {', '.join(encoder.targets)}")]
        )
    return kept


def _parted(columns: dict[str, Column], wanted: dict[str, Indexes]) -> dict[str, Frame]:
    """Several parts of a table's rows; each of its columns is given up as soon as it is divided."""
    lengths = [len(indexes) for indexes in wanted.values()]
    order = np.concatenate(list(wanted.values()))
    ends = np.cumsum(lengths)
    parts: dict[str, dict[str, Column]] = {role: {} for role in wanted}
    for name in list(columns):
        column = columns.pop(name)
        values = column.values if np.array_equal(order, np.arange(len(column))) else column.values[order]
        for role, end, length in zip(wanted, ends, lengths, strict=True):
            parts[role][name] = Column(column.kind, values[end - length : end], column.words)
    return {role: Frame(part) for role, part in parts.items()}


def _by_class(rows: Rows, weights: Json | None, form: TargetForm) -> Rows:
    """Training rows, each weighted by its class too; validation tells the plain loss, whatever the weights."""
    if weights is None:
        return rows
    try:
        return weigh_by_class(rows, "balanced" if weights.get("balanced") is True else weights, form)
    except DataError as error:
        raise DataError(issue.under("class_weights") for issue in error.issues) from error
