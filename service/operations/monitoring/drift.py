"""How far the rows that a network is asked for, and its answers, have moved from those of its training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from service.data.signatures.signature import Signature
from service.domain.monitoring import Answer
from service.domain.networks import Network
from service.domain.types import Json
from service.monitoring.answers import answer_cells
from service.monitoring.cells import Cells
from service.monitoring.columns import columns_of
from service.monitoring.drift import ColumnDrift, column_drift
from service.monitoring.reference import read_reference
from service.monitoring.settings import AnswerLogSpec
from service.operations.backend import Backend
from service.operations.models.models import answered_signature
from service.operations.monitoring.references import Reference, reference_of
from service.operations.monitoring.window import MAX_ROWS, Window

#: Cells that one look reads, at most.
MAX_CELLS = 1_000_000


class DriftStatus(StrEnum):
    STEADY = "steady"
    DRIFTED = "drifted"  #: a column is above the threshold
    TOO_FEW = "too_few"  #: rows to judge
    NO_REFERENCE = "no_reference"  #: the training rows of these weights are not known


@dataclass(frozen=True)
class DriftReport:
    network: Network
    settings: AnswerLogSpec
    window: Window
    status: DriftStatus
    snapshot_id: str | None = None  #: None where there is no answer
    version: int | None = None
    rows: int = 0
    truncated: bool = False  #: there are more, and older ones
    reference_rows: int | None = None
    columns: Sequence[ColumnDrift] = ()
    answers: Sequence[ColumnDrift] = ()
    reference: Reference = Reference(None)

    def is_above(self, column: ColumnDrift) -> bool:
        """Whether a column is above a threshold of the settings."""
        ks = self.settings.ks
        return column.psi > self.settings.psi or (ks is not None and column.ks is not None and column.ks.statistic > ks)

    @property
    def drifted(self) -> dict[str, ColumnDrift]:
        """The columns above a threshold by role and name, the farthest first."""
        named = [(f"inputs/{column.name}", column) for column in self.columns]
        named += [(f"answers/{column.name}", column) for column in self.answers]
        found = sorted(named, key=lambda one: -one[1].psi)
        return {name: column for name, column in found if self.is_above(column)}


def drift_of(
    backend: Backend,
    network_ref: str,
    window: Window,
    snapshot_ref: str | None = None,
    *,
    rows: int | None = None,
) -> DriftReport:
    """Of the newest rows that one snapshot has answered, by default the one of the newest answer. Raises NotFound."""
    network = backend.storage.get_network(network_ref)
    settings = AnswerLogSpec.from_json(network.answer_log or {})
    snapshot_id = None if snapshot_ref is None else backend.storage.find_snapshot(network.id, snapshot_ref).id
    newest = backend.storage.read_answers(network.id, window.wanted(snapshot_id=snapshot_id), limit=1, inputs=False)
    if not newest:
        return DriftReport(network, settings, window, DriftStatus.TOO_FEW, snapshot_id)
    return _compare(backend, network, settings, window, newest[0], rows or MAX_ROWS)


def _compare(
    backend: Backend, network: Network, settings: AnswerLogSpec, window: Window, newest: Answer, rows: int
) -> DriftReport:
    signature = answered_signature(backend, network, newest.snapshot_id)
    found_reference = reference_of(backend, network, newest.snapshot_id)
    reference = found_reference.value
    most = max(settings.min_rows, min(rows, MAX_CELLS // len(signature.groups)))
    wanted = window.wanted(snapshot_id=newest.snapshot_id)
    found = backend.storage.read_answers(network.id, wanted, limit=most + 1)
    answers = found[:most]
    columns, of_answers = ([], []) if reference is None else _drifts(signature, reference, answers)
    report = DriftReport(
        network,
        settings,
        window,
        DriftStatus.STEADY,
        newest.snapshot_id,
        newest.version,
        len(answers),
        len(found) > most,
        None if reference is None else reference["rows"],
        columns,
        of_answers,
        found_reference,
    )
    return _judged(report)


def _judged(report: DriftReport) -> DriftReport:
    """Too few rows are compared with nothing: their index would be chance."""
    if report.reference_rows is None:
        return replace(report, status=DriftStatus.NO_REFERENCE)
    if report.rows < report.settings.min_rows:
        return replace(report, status=DriftStatus.TOO_FEW, columns=(), answers=())
    return replace(report, status=DriftStatus.DRIFTED if report.drifted else DriftStatus.STEADY)


def _drifts(
    signature: Signature, reference: Json, answers: Sequence[Answer]
) -> tuple[list[ColumnDrift], list[ColumnDrift]]:
    inputs = columns_of(signature, [answer.inputs or () for answer in answers])
    outputs = np.array([answer.outputs for answer in answers], np.float64)
    of_answers = answer_cells(signature, outputs)
    return list(_by_column(reference["columns"], inputs)), list(_by_column(reference["answers"], of_answers))


def _by_column(references: Mapping[str, Json], cells: Mapping[str, Cells]) -> Iterator[ColumnDrift]:
    for name, written in references.items():
        if name in cells:
            yield column_drift(name, read_reference(written), cells[name])
