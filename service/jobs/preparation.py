"""Turn a user's tables into rows for the engine: leave rows out, divide, fit, encode, weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from service.data.class_weights import weigh_by_class
from service.data.frame import Column, Frame
from service.data.row_paths import in_table_rows
from service.data.signatures.classes import Classifier
from service.data.signatures.encoders import Encoded, Encoder
from service.data.splits import Indexes
from service.domain.records import Json
from service.engine.rows import Rows
from service.jobs.division import VALIDATION, ValidationShare, divide, values_of
from service.jobs.messages import Preparation, Table
from service.jobs.options import JobOptions
from service.schema.validation import DataError, ValidationIssue

TRAINING = "training"


@dataclass(frozen=True)
class Prepared:
    """What a run trains on."""

    training: Rows
    validation: Rows | None
    groups: Mapping[str, Sequence[int]] | None = None  #: which of the network's inputs each of the user's columns is
    preprocessing: Json | None = None  #: learned from the training rows
    classifier: Classifier | None = None  #: None where the network predicts numbers
    report: Preparation | None = None  #: None where the rows were sent ready to train on


def prepare(tables: dict[str, Frame], encoder: Encoder, options: JobOptions) -> Prepared:
    """Empties the caller's dict of tables. Raises DataError with paths in the tables, such as ("training", 3, "salt"),
    or in the options.

    In memory there are at most a table's columns, the matrix they become, and one more column.
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
            # Popped, so that the columns of a part are freed once it is encoded.
            encoded[role] = encoder.encode(parts.pop(role), options.sample_weight)
    training = weigh_by_class(encoded[TRAINING].rows, options.class_weights, encoder.form)
    validation = encoded[VALIDATION].rows if VALIDATION in encoded else None
    used = sum(len(part.rows) for part in encoded.values())
    data = {
        "rows": len(training),
        "validation_rows": len(validation) if validation else None,
        "rows_left_out": sum(counts.values()) - used,
        "warnings": list(encoder.warnings),
        **{role: cells for role, part in encoded.items() if (cells := part.cells.to_json())},
    }
    report = Preparation(rows=len(training), data=data)
    return Prepared(training, validation, encoder.groups, encoder.statistics, report=report)


def read_tables(tables: Sequence[Table], chunks: Iterable[bytes], names: Sequence[str]) -> dict[str, Frame]:
    """The named columns of each table, from its chunks as they arrive."""
    # Not above: pyarrow takes a while to load, and most jobs need none of it.
    from service.data.tables.chunks import decode_chunks

    coming = iter(chunks)
    return {table.role: decode_chunks(islice(coming, table.chunks), names, table.rows) for table in tables}


def divided(tables: Mapping[str, Frame], encoder: Encoder, options: JobOptions) -> dict[str, dict[str, Indexes]]:
    """By table and part, the indexes of the rows that train and that validate, without those whose target is missing.

    Reads only `deciding_columns`. Raises DataError.
    """
    share, seed = share_of(options), options.training.seed
    kept = {role: _with_targets(table, role, encoder) for role, table in tables.items()}
    wanted = {role: {role: indexes} for role, indexes in kept.items()}
    if share is not None:
        deciding = tables[TRAINING].select(deciding_columns(encoder, options)).take(kept[TRAINING])
        target = deciding[encoder.targets[0]]
        training, validation = divide(
            len(deciding), share, seed=seed, classes=lambda: values_of(target), columns=deciding
        )
        wanted[TRAINING] = {TRAINING: kept[TRAINING][training], VALIDATION: kept[TRAINING][validation]}
    return wanted


def deciding_columns(encoder: Encoder, options: JobOptions) -> list[str]:
    share = share_of(options)
    return list(dict.fromkeys([*encoder.targets, *(share.columns if share else ())]))


def needed_columns(encoder: Encoder, options: JobOptions) -> list[str]:
    share = share_of(options)
    others = [options.sample_weight, *(share.columns if share else ())]
    return list(dict.fromkeys([*encoder.inputs, *encoder.targets, *(name for name in others if name is not None)]))


def share_of(options: JobOptions) -> ValidationShare | None:
    """The share of the table that validates; None where another table does, or none."""
    given = options.validation or {}
    if "fraction" not in given:
        return None
    return ValidationShare.from_json({name: value for name, value in given.items() if name != "rows"})


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
    """The parts of a table's rows; each column is freed as soon as it is divided."""
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
