"""How the rows of a training and the answers to them are distributed, kept with its snapshots for later comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from service.data.frame import Frame
from service.data.signatures.signature import Signature
from service.domain.types import Json
from service.engine.inference import predict
from service.engine.metrics.decisions import ClassThreshold
from service.engine.rows import Rows
from service.monitoring.answers import answer_cells
from service.monitoring.cells import Cells, NumberCells
from service.monitoring.columns import cells_by_input
from service.monitoring.reference import MAX_COLUMNS, references_of

#: Rows of a table whose cells are looked at: drawn at random if there are more.
MAX_ROWS = 100_000
#: Rows whose answers are looked at: fewer if each takes much work.
MAX_ANSWERS, MIN_ANSWERS, WORK = 2000, 200, 200_000_000

Values = npt.NDArray[Any]


class Describe(Protocol):
    """Describes the training rows and the answers of some weights to them, at a temperature and by a threshold."""

    def __call__(self, values: Values, temperature: float, threshold: ClassThreshold | None = None) -> Json: ...


def table_columns(signature: Signature, frame: Frame) -> Mapping[str, Json]:
    """The columns of training rows as the user has them, which encoding is about to change."""
    taken = drawn(len(frame), MAX_ROWS)
    names = list(signature.groups)[:MAX_COLUMNS]
    shown = frame.select(names) if len(taken) == len(frame) else frame.select(names).take(taken)
    return references_of(cells_by_input(signature, shown))


def number_columns(signature: Signature, rows: Rows) -> Mapping[str, Json]:
    """The inputs of plain numbers."""
    shown = rows.inputs[drawn(len(rows), MAX_ROWS)]
    names = list(signature.groups)[:MAX_COLUMNS]
    cells: dict[str, Cells] = {
        name: NumberCells(shown[:, place].astype(np.float64)) for place, name in enumerate(names)
    }
    return references_of(cells)


def describe_with(signature: Signature, rows: Rows, columns: Mapping[str, Json]) -> Describe:
    network = signature.network
    taken = drawn(len(rows), min(MAX_ANSWERS, max(WORK // network.cost, MIN_ANSWERS)))
    inputs = rows.inputs[taken]

    def describe(values: Values, temperature: float, threshold: ClassThreshold | None = None) -> Json:
        outputs = predict(network, values, inputs, temperature)
        if rows.units is not None:
            outputs = rows.units.restore(outputs)
        own = signature if threshold is None else signature.with_threshold(threshold)
        answers = references_of(answer_cells(own, outputs))
        return {"rows": len(rows), "columns": columns, "answers": answers}

    return describe


def drawn(rows: int, most: int) -> npt.NDArray[np.intp]:
    """Which rows are looked at, always the same; by a generator of its own, which no training shares."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
