"""The rows that an assignment trains on, read as its network reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from service.data.class_weights import weigh_by_class
from service.data.frame import Frame
from service.data.signatures.choice import signature_of
from service.data.signatures.signature import Signature
from service.data.splits import Indexes
from service.domain.types import Json
from service.engine.network import Network
from service.engine.training.ensemble import MemberRows
from service.jobs import checkpoints, encoded_frames, encoded_rows
from service.jobs.averaging import weigh_with
from service.jobs.calibration import calibrate_with
from service.jobs.division import TRAINING, VALIDATION
from service.jobs.held_out_rows import held_out_of_numbers
from service.jobs.member_rows import are_drawn, draws_of_numbers, members_of
from service.jobs.messages import Assignment
from service.jobs.options import JobOptions
from service.jobs.preparation import (
    Prepared,
    divided_folds,
    division_of,
    folds_of_numbers,
    needed_columns,
    prepare,
    read_tables,
    whole_rows,
)
from service.jobs.reference import describe_with, number_columns, table_columns


def prepared_for(assignment: Assignment, options: JobOptions, network: Network, chunks: Iterable[bytes]) -> Prepared:
    """The rows to train on. Statistics that an earlier run, or that of the start weights, has learned are kept."""
    if options.folds is not None:
        return _prepared_folds(assignment, options, network, chunks)
    statistics = checkpoints.preprocessing_of(assignment.checkpoint) or assignment.start_preprocessing
    signature = signature_for(assignment, network, statistics)
    if encoded_rows.are_rows(assignment.data):
        groups = signature.groups if signature.encoded_names else None
        training, validation = encoded_rows.decode(network, assignment.data)
        judged = encoded_rows.decode_test(network, assignment.data) or validation
        held_out = held_out_of_numbers(training, judged) if options.promote and judged is not None else None
        ready = Prepared(training, validation, groups, held_out=held_out)
        return _described(signature, _with_members(ready, signature, options), options)
    frames = _frames(assignment, options, signature, chunks)
    encoder = signature.encoder(options.columns)
    describe = partial(table_columns, signature) if signature.has_statistics else None
    return _described(signature, prepare(frames, encoder, options, describe=describe, network=network), options)


def _prepared_folds(assignment: Assignment, options: JobOptions, network: Network, chunks: Iterable[bytes]) -> Prepared:
    """Each fold reads the rows with statistics of its own, in every run the same."""
    places: list[Indexes] = []
    signature = signature_for(assignment, network, None)
    if encoded_rows.are_rows(assignment.data):
        rows = whole_rows(*encoded_rows.decode(network, assignment.data))
        groups = signature.groups if signature.encoded_names else None
        folds = folds_of_numbers(rows, signature, options)
        first = Prepared(folds[0].training, folds[0].validation, groups)
    else:
        frames = _frames(assignment, options, signature, chunks)
        encoder = signature.encoder(options.columns)
        divisions = divided_folds(frames, encoder, options)
        each = [
            prepare(
                dict(frames), signature_for(assignment, network, None).encoder(options.columns), options, division=one
            )
            for one in divisions
        ]
        first, folds = each[0], [MemberRows(one.training, one.validation) for one in each]
        places = [one.parts[TRAINING][VALIDATION] for one in divisions]
    return replace(first, classifier=signature.classifier, preprocessing=None, folds=folds, fold_places=places)


def _frames(
    assignment: Assignment, options: JobOptions, signature: Signature, chunks: Iterable[bytes]
) -> dict[str, Frame]:
    """The tables of an assignment by role, from the data sets that it names or from the job itself."""
    if assignment.tables:
        return read_tables(assignment.tables, chunks, needed_columns(signature.encoder(options.columns), options))
    return encoded_frames.decode(assignment.data)


def _with_members(ready: Prepared, signature: Signature, options: JobOptions) -> Prepared:
    """Rows of numbers, by member of an ensemble."""
    network, plain, division = signature.network, ready.training, division_of(options)
    if division is None or not are_drawn(network, division):
        members = members_of(network, plain, plain, ready.validation, None)
        return replace(ready, members=members.rows, pool=members.pool)
    # Of rows that every member divides for itself, no weights of classes are known before.
    training = weigh_by_class(plain, options.class_weights, signature.form)
    draws = draws_of_numbers(plain, signature, division, network.turns)
    members = members_of(network, training, plain, None, draws)
    assert members.pool is not None
    return replace(ready, training=training, validation=members.pool.rows, members=members.rows, pool=members.pool)


def _described(signature: Signature, prepared: Prepared, options: JobOptions) -> Prepared:
    columns = prepared.columns
    if columns is None and not signature.has_statistics:
        columns = number_columns(signature, prepared.training)
    describe = None if columns is None else describe_with(signature, prepared.training, columns)
    classifier, pool = signature.classifier, prepared.held_out_pool(signature.network)
    calibrate = None
    if pool is not None:
        calibrate = calibrate_with(
            signature.network, classifier, pool, tempers=options.calibrate, rule=options.threshold
        )
    weigh = weigh_with(signature.network, prepared.pool) if prepared.members else None
    return replace(prepared, classifier=classifier, describe=describe, calibrate=calibrate, weigh=weigh)


def signature_for(assignment: Assignment, network: Network, statistics: Json | None) -> Signature:
    return signature_of(
        network,
        features=assignment.features,
        labels=assignment.labels,
        table=assignment.table,
        statistics=statistics,
    )
