"""Turn a user's tables into rows for the engine: leave rows out, divide, fit, encode, weigh."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from service.data.class_weights import weigh_by_class
from service.data.folds import Fold
from service.data.frame import Column, Frame
from service.data.row_keys import matrix_bits
from service.data.row_paths import in_table_rows
from service.data.signatures.classes import Classifier
from service.data.signatures.encoders import Encoded, Encoder
from service.data.signatures.signature import Signature
from service.data.splits import Indexes
from service.domain.types import Json
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.seeds import member_seed
from service.engine.training.ensemble import MemberRows
from service.jobs.averaging import Weigh
from service.jobs.calibration import Calibrate
from service.jobs.division import (
    TEST,
    TRAINING,
    UNKNOWN_SPLIT,
    VALIDATION,
    Division,
    HeldOutShare,
    Ways,
    divide,
    far_off,
    values_of,
)
from service.jobs.folds import Folds, assign
from service.jobs.held_out_rows import HeldOutRows, held_out_of_tables
from service.jobs.member_rows import Draws, are_drawn, members_of
from service.jobs.messages import Preparation, Table
from service.jobs.options import JobOptions
from service.jobs.pool import Pool
from service.jobs.reference import Describe
from service.schema.validation import DataError, ValidationIssue


@dataclass(frozen=True)
class Prepared:
    """What a run trains on."""

    training: Rows
    validation: Rows | None
    groups: Mapping[str, Sequence[int]] | None = None  #: which of the network's inputs each of the user's columns is
    preprocessing: Json | None = None  #: learned from the training rows
    held_out: HeldOutRows | None = None  #: that a challenger is judged on
    classifier: Classifier | None = None  #: None where the network predicts numbers
    report: Preparation | None = None  #: None where the rows were sent ready to train on
    columns: Mapping[str, Json] | None = None  #: how those of the user's training rows are distributed
    describe: Describe | None = None  #: how the training rows and the answers to them are
    calibrate: Calibrate | None = None  #: how far weights can be believed; None without validation rows
    weigh: Weigh | None = None  #: how the members of an ensemble come to their weights
    pool: Pool | None = None  #: of an ensemble, which members have held out which of the validation rows
    members: Sequence[MemberRows] = ()  #: of an ensemble, what each member trains on
    folds: Sequence[MemberRows] = ()  #: of a cross-validation, what is trained on and held out in each
    fold_places: Sequence[Indexes] = ()  #: the places in their table of the rows that each holds out

    def held_out_pool(self, network: Network) -> Pool | None:
        """None without validation rows."""
        if self.pool is not None or self.validation is None:
            return self.pool
        return Pool(network, self.validation)


def prepare(
    tables: dict[str, Frame],
    encoder: Encoder,
    options: JobOptions,
    *,
    describe: Callable[[Frame], Mapping[str, Json]] | None = None,
    network: Network | None = None,
    division: DividedTables | None = None,
) -> Prepared:
    """Empties the caller's dict of tables. Raises DataError with paths in the tables, such as ("training", 3, "salt"),
    or in the options.

    An ensemble is given as its `network`: where rows are drawn for validation, each member draws its own, and the
    columns are fitted on the rows of all members. Rows are divided as the options say, unless a `division` is given.

    In memory there are at most a table's columns, the matrix they become, and one more column.
    """
    rows = sum(len(table) for table in tables.values())
    division = division or divided(tables, encoder, options)
    names = needed_columns(encoder, options)
    held_out = held_out_of_tables(tables, division.parts, encoder, names) if options.promote else None
    draws = _draws(tables, encoder, options, network, division)
    wanted, test_rows = _without_test(division.parts)
    if draws is not None:
        wanted[TRAINING] = {TRAINING: draws.rows}
        division = replace(division, split=_test_split(tables, encoder, options))
    parts = _parts(tables, wanted)
    origins = {part: (rows, role) for role, of_table in wanted.items() for part, rows in of_table.items()}
    with in_table_rows(*origins[TRAINING]):
        encoder.fit(parts[TRAINING])
    columns = None if describe is None else describe(parts[TRAINING])
    encoded: dict[str, Encoded] = {}
    for role in list(parts):
        with in_table_rows(*origins[role]):
            # Popped, so that the columns of a part are freed once it is encoded.
            encoded[role] = encoder.encode(parts.pop(role), options.sample_weight)
    plain = encoded[TRAINING].rows
    training = weigh_by_class(plain, options.class_weights, encoder.form)
    validation = encoded[VALIDATION].rows if VALIDATION in encoded else None
    used = sum(len(part.rows) for part in encoded.values())
    members = members_of(network, training, plain, validation, draws)
    first = members.rows[0] if members.rows else MemberRows(training, validation)
    data = {
        "rows": len(first.training),
        "validation_rows": len(first.validation) if first.validation else None,
        **({"test_rows": test_rows, "split": division.split} if division.split else {}),
        "rows_left_out": rows - used - test_rows,
        "warnings": [*encoder.warnings, *division.warnings],
        **{role: cells for role, part in encoded.items() if (cells := part.cells.to_json())},
    }
    return Prepared(
        training,
        validation if members.pool is None else members.pool.rows,
        encoder.groups,
        encoder.statistics,
        held_out,
        report=Preparation(rows=len(first.training), data=data),
        columns=columns,
        pool=members.pool,
        members=members.rows,
    )


def _draws(
    tables: Mapping[str, Frame],
    encoder: Encoder,
    options: JobOptions,
    network: Network | None,
    division: DividedTables,
) -> Draws | None:
    """None where there are no members, or all have the same rows. The division is that of the first member."""
    if network is None or not are_drawn(network, division_of(options)):
        return None
    return Draws.of(
        lambda turn: divided(tables, encoder, options, turn=turn).parts[TRAINING],
        network.turns,
        division.parts[TRAINING],
    )


def read_tables(tables: Sequence[Table], chunks: Iterable[bytes], names: Sequence[str]) -> dict[str, Frame]:
    """The named columns of each table, from its chunks as they arrive."""
    # Not above: pyarrow takes a while to load, and most jobs need none of it.
    from service.data.tables.chunks import decode_chunks

    coming = iter(chunks)
    return {table.role: decode_chunks(islice(coming, table.chunks), names, table.rows) for table in tables}


@dataclass(frozen=True)
class DividedTables:
    """Indexes by table and part, of rows whose target is known; how the training table was divided, if it was."""

    parts: Mapping[str, Mapping[str, Indexes]]
    split: Json | None = None
    warnings: Sequence[str] = ()


def _test_split(tables: Mapping[str, Frame], encoder: Encoder, options: JobOptions) -> Json:
    """How the rows that no member is trained on differ from the others."""
    return divided(tables, encoder, replace(options, validation=None)).split or UNKNOWN_SPLIT


def divided(tables: Mapping[str, Frame], encoder: Encoder, options: JobOptions, *, turn: int = 0) -> DividedTables:
    """Reads only `deciding_columns`. Each turn has other validation rows. Raises DataError."""
    kept = {role: _with_targets(table, role, encoder) for role, table in tables.items()}
    parts: dict[str, Mapping[str, Indexes]] = {role: {role: indexes} for role, indexes in kept.items()}
    if (division := division_of(options)) is None:
        return DividedTables(parts)
    rows = kept[TRAINING]
    found = divide(len(rows), division, **_ways(tables[TRAINING], rows, encoder, division), turn=turn)
    parts[TRAINING] = {part: rows[indexes] for part, indexes in found.parts.items()}
    warning = far_off(found, division)
    return DividedTables(parts, found.split, [warning] if warning else [])


def divided_folds(tables: Mapping[str, Frame], encoder: Encoder, options: JobOptions) -> list[DividedTables]:
    """How the training table is divided while each fold is held out. Raises DataError."""
    table, division = tables[TRAINING], division_of(options)
    assert division is not None  # as if one fold were the validation rows
    rows = _with_targets(table, TRAINING, encoder)
    folds = _folds(len(rows), options, _ways(table, rows, encoder, division))
    return [
        DividedTables({TRAINING: {TRAINING: rows[training], VALIDATION: rows[held_out]}}, UNKNOWN_SPLIT)
        for training, held_out in folds
    ]


def _ways(table: Frame, rows: Indexes, encoder: Encoder, division: Division) -> Ways:
    deciding = table.select([encoder.targets[0], *division.way.columns]).take(rows)
    target = deciding[encoder.targets[0]]
    return {
        "classes": lambda: values_of(target),
        "bits": lambda: (bits[rows] for bits in encoder.bits(table)),
        "columns": deciding,
    }


def _folds(count: int, options: JobOptions, ways: Ways) -> list[Fold]:
    """One repeat after the other, each with seeds of its own."""
    folds = Folds.read(options.folds)
    return [
        fold
        for repeat in range(folds.repeats)
        for fold in assign(
            count,
            folds,
            seed=member_seed(options.training.seed, repeat),
            split_seed=member_seed(options.split_seed, repeat),
            **ways,
        )
    ]


def whole_rows(training: Rows, validation: Rows | None) -> Rows:
    """Rows of numbers that were divided when they were sent, in one."""
    if validation is None:
        return training
    both, weights = (training, validation), None
    if training.sample_weights is not None and validation.sample_weights is not None:
        weights = np.concatenate([training.sample_weights, validation.sample_weights])
    inputs, targets = (np.concatenate([getattr(rows, name) for rows in both]) for name in ("inputs", "targets"))
    return Rows(inputs, targets, weights, training.units)


def folds_of_numbers(rows: Rows, signature: Signature, options: JobOptions) -> list[MemberRows]:
    ways: Ways = {"classes": lambda: signature.form.classes_of(rows.targets), "bits": lambda: matrix_bits(rows.inputs)}
    folds = _folds(len(rows), options, ways)
    return [MemberRows(rows.take(training), rows.take(held_out)) for training, held_out in folds]


def deciding_columns(encoder: Encoder, options: JobOptions) -> list[str]:
    """The columns that decide which part a row falls to."""
    division = division_of(options)
    if division is None:
        return list(dict.fromkeys(encoder.targets))
    content = encoder.inputs if division.way.reads_content else ()
    return list(dict.fromkeys([*encoder.targets, *division.way.columns, *content]))


def needed_columns(encoder: Encoder, options: JobOptions) -> list[str]:
    division = division_of(options)
    others = [options.sample_weight, *(division.way.columns if division else ())]
    return list(dict.fromkeys([*encoder.inputs, *encoder.targets, *(name for name in others if name is not None)]))


def division_of(options: JobOptions) -> Division | None:
    """How the training table is divided; None if all of it is trained on."""
    validation, test = (_share(given) for given in (options.validation, options.test))
    if validation is None and test is None:
        return None
    return Division(validation=validation, test=test, seed=options.training.seed, split_seed=options.split_seed)


def _share(given: Json | None) -> HeldOutShare | None:
    """None for rows of their own: another table, or rows that were sent with the request."""
    if given is None or "fraction" not in given:
        return None
    return HeldOutShare.from_json({name: value for name, value in given.items() if name != "rows"})


def _without_test(parts: Mapping[str, Mapping[str, Indexes]]) -> tuple[dict[str, dict[str, Indexes]], int]:
    """What a run needs, and the number of test rows, which no run sees."""
    kept = {role: {part: rows for part, rows in own.items() if part != TEST} for role, own in parts.items()}
    return kept, len(parts[TRAINING].get(TEST, ()))


def _parts(tables: dict[str, Frame], wanted: Mapping[str, Mapping[str, Indexes]]) -> dict[str, Frame]:
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


def _parted(columns: dict[str, Column], wanted: Mapping[str, Indexes]) -> dict[str, Frame]:
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
