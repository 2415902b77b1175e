"""One run of a job that predicts: the rows of a data set, chunk by chunk, to blocks of another one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.data.preprocessing.report import Cells, Held, Imputed, Unseen
from service.data.signatures.choice import signature_of
from service.data.signatures.scores import score_columns, scores
from service.data.signatures.signature import Signature
from service.domain.runs import Block
from service.domain.status import RequestedState
from service.engine.inference import Predictor
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.jobs.messages import Assignment, End, Report
from service.jobs.prediction_options import PredictionOptions
from service.schema.validation import DataError, ValidationIssue

if TYPE_CHECKING:
    import pyarrow as pa

#: A block is sent once it has so many rows or cells, or when it is time for a checkpoint.
BLOCK_ROWS, BLOCK_CELLS = 65_536, 2_000_000
#: Rows times the cost of the network between two looks at what is requested: about a second.
WORK = 10_000_000_000
PROFILED = "profiles are of the first {:,} of {:,} rows"

Send = Callable[[Report], None]


def predict(
    assignment: Assignment, requested_state: Callable[[], RequestedState], send: Send, chunks: Iterable[bytes]
) -> None:
    """Send each block in a report of its own: what is stored of them is where another run goes on."""
    scorer, blocks = Scorer(assignment), Blocks(assignment, send)
    for table in _tables(assignment, scorer, chunks):
        blocks.add(*scorer.score(table, first_row=blocks.next_row))
        if requested_state() is not RequestedState.RUN:
            blocks.flush()
            send(Report(seconds=blocks.seconds, end=End(stopped=True)))
            return
    blocks.flush()
    send(Report(seconds=blocks.seconds, end=End()))


def _tables(assignment: Assignment, scorer: Scorer, chunks: Iterable[bytes]) -> Iterator[pa.Table]:
    """The rows that are still to do, few at a time."""
    from service.data.tables.chunks import read_chunk

    coming, row, skipped = iter(chunks), assignment.first_row, assignment.skipped_rows
    while row < assignment.rows:
        table = read_chunk(next(coming), scorer.names).slice(skipped)
        for first in range(0, table.num_rows, scorer.rows_at_once):
            yield table.slice(first, scorer.rows_at_once)
        row, skipped = row + table.num_rows, 0


class Scorer:
    """Turns rows of a data set into rows of predictions."""

    def __init__(self, assignment: Assignment) -> None:
        options = PredictionOptions.from_json(assignment.options)
        network = Network(NetworkSpec.from_json(assignment.spec), max_parameters=sys.maxsize)
        signature = signature_of(
            network,
            features=assignment.features,
            labels=assignment.labels,
            table=assignment.table,
            statistics=assignment.start_preprocessing,
        )
        signature = signature.with_inputs(options.inputs) if options.inputs else signature
        if options.threshold is not None and signature.classifier is not None:
            signature = signature.with_threshold(options.threshold.applied(signature.classifier))
        self._signature: Signature = signature
        self._predictor = Predictor(network, network.from_bytes(assignment.start_values), options.temperature)
        self._options = options
        self._width = len(options.columns) + len(score_columns(signature, probabilities=options.probabilities))
        most = min(BLOCK_ROWS, BLOCK_CELLS // self._width, WORK // network.cost)
        self.rows_at_once = max(1, most)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns to read: those that the network takes, if they are there, and those carried over."""
        return tuple(dict.fromkeys((*self._signature.columns, *self._options.columns)))

    def score(self, table: pa.Table, *, first_row: int) -> tuple[pa.Table, Cells]:
        """Raises DataError with the places that the rows have in the data set."""
        from service.data.tables.chunks import frame_of
        from service.data.tables.score_table import score_table

        signature = self._signature
        try:
            encoded = signature.read_frame(
                frame_of(table, [name for name in signature.columns if name in table.column_names])
            )
            learnt = self._predictor.predict(encoded.values)
        except DataError as error:
            raise DataError(_moved(issue, first_row) for issue in error.issues) from error
        outputs, cells = signature.in_units(learnt), replace(encoded.cells, held=signature.held(learnt))
        columns = scores(signature, outputs, probabilities=self._options.probabilities)
        return score_table(table.select(list(self._options.columns)), columns), cells


class Blocks:
    """Gathers rows of predictions, and sends them as blocks."""

    def __init__(self, assignment: Assignment, send: Send) -> None:
        self.next_row = assignment.first_row
        self._rows = assignment.rows
        self._first_row = assignment.first_row
        self._seconds_between = assignment.intervals.checkpoint_seconds
        self._send = send
        self._started = self._sent = time.monotonic()
        self._tables: list[pa.Table] = []
        self._cells: list[Cells] = []

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def add(self, table: pa.Table, cells: Cells) -> None:
        self._tables.append(table)
        self._cells.append(cells)
        self.next_row += table.num_rows
        rows = self.next_row - self._first_row
        is_full = rows >= BLOCK_ROWS or rows * table.num_columns >= BLOCK_CELLS
        if is_full or time.monotonic() - self._sent >= self._seconds_between:
            self.flush()

    def flush(self) -> None:
        if not self._tables:
            return
        import pyarrow as pa

        from service.data.tables.score_table import write_chunk

        table = pa.concat_tables(self._tables).combine_chunks()
        block = Block(
            first_row=self._first_row,
            rows=table.num_rows,
            data=write_chunk(table),
            cells=counted(self._cells),
            described=described_table(table, self._rows) if self._first_row == 0 else None,
        )
        self._send(Report(seconds=self.seconds, block=block))
        self._first_row, self._tables, self._cells = self.next_row, [], []
        self._sent = time.monotonic()


def described_table(table: pa.Table, rows: int) -> Mapping[str, Any]:
    """What a data set of so many rows says of its columns, from the first block."""
    from service.data.tables.profile import described, previewed

    columns, warnings = described(table)
    if table.num_rows < rows:
        warnings.append(PROFILED.format(table.num_rows, rows))
    profiles = {column["name"]: column["profile"] for column in columns}
    return {"profiles": profiles, "preview": previewed(table), "warnings": warnings}


def counted(cells: Iterable[Cells]) -> dict[str, dict[str, int]]:
    """In how many rows a column was imputed, held a category that the network does not know, or was held to a range."""
    found: dict[str, dict[str, int]] = {"imputed": {}, "unseen": {}, "held": {}}
    for one in cells:
        parts: dict[str, Mapping[str, Imputed | Unseen | Held]] = {
            "imputed": one.imputed,
            "unseen": one.unseen,
            "held": one.held,
        }
        for what, columns in parts.items():
            for name, item in columns.items():
                found[what][name] = found[what].get(name, 0) + item.rows
    return {what: columns for what, columns in found.items() if columns}


def _moved(issue: ValidationIssue, first_row: int) -> ValidationIssue:
    if issue.path and isinstance(issue.path[0], int):
        return ValidationIssue((issue.path[0] + first_row, *issue.path[1:]), issue.message)
    return issue
