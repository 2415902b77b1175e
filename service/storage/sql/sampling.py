"""A long history in few points that keep its shape: first, last, and each bucket's extremes, all chosen in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.epochs import Epoch
from service.storage.sql import epoch_blocks, history
from service.storage.sql.epoch_blocks import LARGEST_FIRST, SIZE, SMALLEST_FIRST, block_of
from service.storage.sql.tables.history import epochs

#: Buckets of at least so many blocks are chosen from blocks alone.
_BLOCKS_PER_BUCKET = 2


def sample(
    connection: sa.Connection,
    job_id: str,
    *,
    max_points: int,
    from_epoch: int | None,
    to_epoch: int | None,
    every: int,
) -> Sequence[Epoch]:
    """See `Storage.sampled_history`."""
    of_job = epochs.c.job_id == job_id
    in_range = history.in_range(from_epoch, to_epoch, every)
    one_number = sa.select(epochs.c.epoch).where(of_job, *in_range).limit(1)
    upwards = one_number.order_by(epochs.c.epoch)
    if connection.scalar(upwards.offset(max_points)) is None:
        return history.read(connection, of_job, *in_range)
    first = connection.execute(upwards).scalar_one()
    last = connection.execute(one_number.order_by(epochs.c.epoch.desc())).scalar_one()
    ends = (sa.select(sa.literal(first)), sa.select(sa.literal(last)))
    by_blocks = _by_blocks(connection, job_id, first, last, max_points) if every == 1 else None
    if by_blocks is not None:
        return history.read(connection, of_job, epochs.c.epoch.in_(sa.union(*ends, *by_blocks)))
    # The buckets lie within the range, so its bounds are left out there: a planner may take them for the closer ones.
    inside = sa.select(epochs.c.epoch).where(of_job, *history.in_range(None, None, every))
    chosen = sa.union(*ends, *_extremes(inside, first, last, (max_points - 2) // 2))
    return history.read(connection, of_job, epochs.c.epoch.in_(chosen))


def _by_blocks(
    connection: sa.Connection, job_id: str, first: int, last: int, max_points: int
) -> list[sa.Select[Any]] | None:
    """The same points, with buckets of whole blocks between the two ends of the range; None for a range too short."""
    begin, end = block_of(first - 1 + SIZE), block_of(last + 1) - 1
    count = (max_points - 6) // 2  # Beside the first and the last epoch, and the extremes of what is left at the ends.
    if count < 1 or end - begin + 1 < count * _BLOCKS_PER_BUCKET:
        return None
    if not epoch_blocks.are_kept(connection, job_id, begin, end):
        return None
    inside = sa.select(epochs.c.epoch).where(epochs.c.job_id == job_id)
    rests = {"front": (first, begin * SIZE), "back": ((end + 1) * SIZE + 1, last)}
    of_rests = [
        part for name, (low, high) in rests.items() if low <= high for part in _extremes(inside, low, high, 1, name)
    ]
    return [*of_rests, *epoch_blocks.extremes(job_id, begin, end, count)]


def _extremes(inside: sa.Select[Any], first: int, last: int, count: int, name: str = "bucket") -> list[sa.Select[Any]]:
    """The numbers of the epochs with the smallest and the largest loss of each of `count` buckets.

    Each is the top of a short range of the primary key, so that no row but the chosen ones ever leaves the database.
    `name` is that of the buckets, one in each statement.
    """
    bucket = sa.select(sa.literal(0, sa.BigInteger).label("number")).cte(name, recursive=True)
    bucket = bucket.union_all(sa.select(bucket.c.number + 1).where(bucket.c.number < count - 1))
    start = first + bucket.c.number * (last - first + 1) // count
    end = first + (bucket.c.number + 1) * (last - first + 1) // count
    one = inside.where(epochs.c.epoch >= start, epochs.c.epoch < end).limit(1).correlate(bucket)
    extremes = (one.order_by(*SMALLEST_FIRST), one.order_by(*LARGEST_FIRST))
    return [sa.select(extreme.scalar_subquery()).select_from(bucket) for extreme in extremes]
