"""Note the answer to a request for the log, if its network keeps answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from service.data.frame import Frame
from service.data.open_inference.tensor import Tensor
from service.data.tables.ingest import FileRows
from service.domain.ids import new_id
from service.domain.monitoring import NewAnswer
from service.engine.arrays import Array
from service.monitoring.columns import rows_of
from service.operations.backend import Backend
from service.operations.models.models import Model
from service.operations.monitoring.answer_log import Noted


def note_row(backend: Backend, model: Model, given: Mapping[str, str], outputs: Array) -> str | None:
    """The answer's id; None for one that is not kept."""
    if model.record.answer_log is None:
        return None
    return _note(backend, model, lambda: model.signature.query_cells(given), outputs)


def note_rows(backend: Backend, model: Model, rows: Any, outputs: Array) -> str | None:
    """The answer's id; None for one that is not kept."""
    if model.record.answer_log is None:
        return None
    return _note(backend, model, lambda: _cells(model, rows), outputs)


def note_tensors(backend: Backend, model: Model, tensors: Sequence[Tensor], outputs: Array) -> str | None:
    """The answer's id; None for one that is not kept."""
    if model.record.answer_log is None:
        return None
    return _note(backend, model, lambda: model.signature.tensor_cells(tensors), outputs)


def _cells(model: Model, rows: Any) -> Frame:
    signature = model.signature
    if not isinstance(rows, FileRows):
        return signature.row_cells(rows)
    return signature.frame_cells(rows.columns([name for name in signature.columns if name in rows.names]))


def _note(backend: Backend, model: Model, read: Callable[[], Frame], outputs: Array) -> str | None:
    settings = model.record.answer_log
    if settings is None or random.random() >= settings["share"]:
        return None
    answer_id, caller = new_id("pred"), backend.caller.label

    def written() -> Sequence[NewAnswer]:
        return _rows(answer_id, model, caller, read(), outputs)

    rows, width = len(outputs), len(model.signature.groups) + outputs.shape[1]
    noted = Noted(model.record.id, settings["max_rows"], rows, rows * width, written)
    return answer_id if backend.answer_log.add(noted) else None


def _rows(answer_id: str, model: Model, caller: str | None, frame: Frame, outputs: Array) -> Sequence[NewAnswer]:
    snapshot, cells = model.snapshot, rows_of(model.signature, frame)
    return [
        NewAnswer(
            id=answer_id,
            row=place,
            snapshot_id=snapshot.id,
            version=snapshot.version,
            caller=caller,
            inputs=_json(row),
            outputs=_json(np.ascontiguousarray(output)),
        )
        for place, (row, output) in enumerate(zip(cells, outputs, strict=True))
    ]


def _json(values: Any) -> str:
    """Numbers in the shortest digits of their own dtype; null for one that is not finite."""
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()
