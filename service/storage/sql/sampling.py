"""A long history in few points that keep its shape: first, last, and each bucket's extremes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from service.domain.records import Epoch
from service.storage.sql import history
from service.storage.sql.floats import required
from service.storage.sql.tables import epochs

#: Rows read at a time: what bounds the memory, apart from 16 bytes per epoch.
_CHUNK = 10_000
#: Epochs asked for by number in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535.
_NUMBERS = 10_000

Numbers = NDArray[np.int64]
Losses = NDArray[np.float64]


def sample(connection: sa.Connection, job_id: str, wanted: history.Conditions, *, max_points: int) -> Sequence[Epoch]:
    """See `Storage.sampled_history`."""
    numbers, losses = _curve(connection, job_id, wanted)
    chosen = numbers[choose(losses, max_points)].tolist()
    found: list[Epoch] = []
    for start in range(0, len(chosen), _NUMBERS):
        part = epochs.c.epoch.in_(chosen[start : start + _NUMBERS])
        rows = sa.select(epochs).where(epochs.c.job_id == job_id, part).order_by(epochs.c.epoch)
        found += history.read(connection, rows)
    return found


def choose(losses: Losses, max_points: int) -> Numbers:
    """Positions, ascending, of at most `max_points` losses: the first, the last, and every bucket's extremes."""
    if len(losses) <= max_points:
        return np.arange(len(losses))
    bounds = np.linspace(0, len(losses), (max_points - 2) // 2 + 1).astype(np.int64)
    kept = {0, len(losses) - 1}
    for start, end in zip(bounds[:-1], bounds[1:], strict=True):
        bucket = losses[start:end]
        # argmax takes the first NaN, if there is one, for the largest; fmin.reduce is NaN only where all are.
        kept |= {int(start + np.argmax(bucket == np.fmin.reduce(bucket))), int(start + np.argmax(bucket))}
    return np.array(sorted(kept))


def _curve(connection: sa.Connection, job_id: str, wanted: history.Conditions) -> tuple[Numbers, Losses]:
    """The numbers and losses of a job's epochs, read in chunks."""
    columns = sa.select(epochs.c.epoch, epochs.c.loss, epochs.c.loss_kind)
    chunk = columns.where(epochs.c.job_id == job_id, *wanted).order_by(epochs.c.epoch).limit(_CHUNK)
    numbers, losses = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
    rows = connection.execute(chunk).all()
    while rows:
        numbers.append(np.array([row[0] for row in rows]))
        losses.append(np.array([required(row[1], row[2]) for row in rows]))
        rows = connection.execute(chunk.where(epochs.c.epoch > rows[-1].epoch)).all() if len(rows) == _CHUNK else []
    return np.concatenate(numbers), np.concatenate(losses)
