"""A long history in few points that keep its shape: first, last, and each bucket's extremes, all chosen in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.records import Epoch
from service.storage.sql import history
from service.storage.sql.tables import epochs

#: Losses in order: -inf, the finite ones by their value, +inf, NaN.
_RANK = sa.case(
    (epochs.c.loss.is_not(None), 1), (epochs.c.loss_kind == "-inf", 0), (epochs.c.loss_kind == "+inf", 2), else_=3
)
_SMALLEST_FIRST = (_RANK, epochs.c.loss, epochs.c.epoch)
_LARGEST_FIRST = (_RANK.desc(), epochs.c.loss.desc(), epochs.c.epoch)


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
    # The buckets lie within the range, so its bounds are left out there: a planner may take them for the closer ones.
    inside = sa.select(epochs.c.epoch).where(of_job, *history.in_range(None, None, every))
    ends = (sa.select(sa.literal(first)), sa.select(sa.literal(last)))
    chosen = sa.union(*ends, *_extremes(inside, first, last, (max_points - 2) // 2))
    return history.read(connection, of_job, epochs.c.epoch.in_(chosen))


def _extremes(inside: sa.Select[Any], first: int, last: int, count: int) -> list[sa.Select[Any]]:
    """The numbers of the epochs with the smallest and the largest loss of each of `count` buckets.

    Each is the top of a short range of the primary key, so that no row but the chosen ones ever leaves the database.
    """
    bucket = sa.select(sa.literal(0, sa.BigInteger).label("number")).cte("bucket", recursive=True)
    bucket = bucket.union_all(sa.select(bucket.c.number + 1).where(bucket.c.number < count - 1))
    start = first + bucket.c.number * (last - first + 1) // count
    end = first + (bucket.c.number + 1) * (last - first + 1) // count
    one = inside.where(epochs.c.epoch >= start, epochs.c.epoch < end).limit(1).correlate(bucket)
    extremes = (one.order_by(*_SMALLEST_FIRST), one.order_by(*_LARGEST_FIRST))
    return [sa.select(extreme.scalar_subquery()).select_from(bucket) for extreme in extremes]
