"""What the rows of a cross-validation are predicted to be by the weights that have not seen them, as a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from service.data.frame import Kind
from service.data.signatures.scores import Score, score_columns, scores
from service.data.signatures.signature import Signature
from service.data.splits import Indexes
from service.domain.runs import Block
from service.jobs.fold_trainer import FoldsTrainer
from service.jobs.prediction_run import BLOCK_ROWS, described_table

if TYPE_CHECKING:
    import pyarrow as pa

#: The place of a row in its data set, from 0; how often all rows have been assigned, and the fold, from 1.
ROW, REPEAT, FOLD = "row", "repeat", "fold"
PREDICTED, ACTUAL = "predicted_", "actual_"


def out_of_fold_columns(signature: Signature) -> dict[str, Kind]:
    """The names of the columns, with the kind of each."""
    found = score_columns(signature, probabilities=True)
    actual = {_actual(name): found[name] for name in _truths(signature)}
    return {**dict.fromkeys((ROW, REPEAT, FOLD), "number"), **actual, **found}


def out_of_fold_blocks(
    trainer: FoldsTrainer, places: Sequence[Indexes], signature: Signature, *, first_row: int
) -> Iterator[Block]:
    """From one row on, by repeat and in the table's order; `places` are those of the rows that each fold holds out."""
    from service.data.tables.score_table import write_chunk

    table = _table(trainer, places, signature)
    for first in range(0, table.num_rows, BLOCK_ROWS):
        part = table.slice(first, BLOCK_ROWS).combine_chunks()
        if first >= first_row:
            described = described_table(part, table.num_rows) if first == 0 else None
            yield Block(first_row=first, rows=part.num_rows, data=write_chunk(part), cells={}, described=described)


def _table(trainer: FoldsTrainer, places: Sequence[Indexes], signature: Signature) -> pa.Table:
    import pyarrow as pa

    from service.data.tables.score_table import score_table

    found, count = list(trainer.predictions()), len(trainer.rows) // trainer.repeats
    sizes = [len(one.outputs) for one in found]
    row = np.concatenate([places[one.fold % len(places)] for one in found]).astype(np.float64)
    repeat, fold = (
        np.repeat(np.array(part, np.float64), sizes)
        for part in zip(*(_place(one.fold, count) for one in found), strict=True)
    )
    outputs, truth = (np.concatenate([getattr(one, name) for one in found]) for name in ("outputs", "truth"))
    order = np.lexsort((row, repeat))
    own = pa.table({name: values[order] for name, values in ((ROW, row), (REPEAT, repeat), (FOLD, fold))})
    actual = scores(signature, truth[order], probabilities=False)
    columns: dict[str, Score] = {_actual(name): actual[name] for name in _truths(signature)}
    return score_table(own, columns | scores(signature, outputs[order], probabilities=True))


def _place(index: int, count: int) -> tuple[int, int]:
    return index // count + 1, index % count + 1


def _truths(signature: Signature) -> list[str]:
    """The columns of predictions that hold what is predicted."""
    names = list(score_columns(signature, probabilities=False))
    return [name for name in names if name.startswith(PREDICTED)] or names


def _actual(name: str) -> str:
    return ACTUAL + name.removeprefix(PREDICTED)
