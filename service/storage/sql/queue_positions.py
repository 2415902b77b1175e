"""Positions in the queue: the jobs before a page of it are counted from the nearer end, not through the whole queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate

import sqlalchemy as sa

from service.domain.status import ENDED, Status

#: An end of the queue with fewer jobs than this is counted, however long the rest is.
NEAR = 1000

_QUEUED = "SELECT count(*) FROM jobs WHERE status = :queued AND "
_NEAR = "(SELECT count(*) FROM (SELECT 1 FROM jobs WHERE status = :queued AND {} LIMIT :near) AS counted)"
_PLACE = "(turn, queued_at, id)"
_UP_TO_FIRST, _BEHIND_LAST = f"{_PLACE} <= (:t0, :q0, :i0)", f"{_PLACE} > (:t{{last}}, :q{{last}}, :i{{last}})"
_STEP = f"({_QUEUED} {_PLACE} > (:t{{0}}, :q{{0}}, :i{{0}}) AND {_PLACE} <= (:t{{1}}, :q{{1}}, :i{{1}}))"
#: The queue's length. A job keeps its start values until it ends, and how many rows a whole table has SQLite sees from
#: its pages; to count the rows that meet a condition, it would have to visit each of them.
_UNQUEUED = ", ".join(f"'{status}'" for status in Status if status is not Status.QUEUED and status not in ENDED)
_LENGTH = f"(SELECT count(*) FROM start_values) - (SELECT count(*) FROM jobs WHERE status IN ({_UNQUEUED}))"


def read(connection: sa.Connection, job_ids: Sequence[str]) -> Mapping[str, int]:
    """See `Storage.queue_positions`."""
    if not job_ids:
        return {}
    names = {f"i{number}": job_id for number, job_id in enumerate(job_ids)}
    rows = connection.execute(_moments(len(names)), names)
    in_order = sorted(tuple(place) for status, *place in rows if status == Status.QUEUED)
    if not in_order:
        return {}
    bounds = {
        f"{name}{number}": part
        for number, job in enumerate(in_order)
        for name, part in zip("tqi", job, strict=True)
    }  # fmt: skip
    counts = connection.execute(_counts(len(in_order)), {"queued": Status.QUEUED.value, "near": NEAR, **bounds})
    first, last, *steps = counts.one()
    if first is None:
        first = last - sum(steps)
    return dict(zip([job_id for *_, job_id in in_order], accumulate(steps, initial=first), strict=True))


@cache
def _moments(count: int) -> sa.TextClause:
    """When jobs were queued, by the primary key alone: with a condition on the status SQLite would go through all."""
    return sa.text(
        f"SELECT status, turn, queued_at, id FROM jobs WHERE id IN ({', '.join(f':i{n}' for n in range(count))})"
    )


@cache
def _counts(count: int) -> sa.TextClause:
    """The position of the first or of the last of `count` jobs, whichever is nearer, and the steps between them.

    One statement, so that all are of one moment; as text, because building so many expressions takes longer than the
    database does.
    """
    behind_last = _BEHIND_LAST.format(last=count - 1)
    parts = [
        f"CASE WHEN ahead < :near THEN ahead WHEN behind >= :near THEN ({_QUEUED} {_UP_TO_FIRST}) END",
        f"CASE WHEN ahead >= :near AND behind < :near THEN {_LENGTH} - behind END",
        *(_STEP.format(number, number + 1) for number in range(count - 1)),
    ]
    ends = f"SELECT {_NEAR.format(_UP_TO_FIRST)} AS ahead, {_NEAR.format(behind_last)} AS behind"
    return sa.text(f"SELECT {', '.join(parts)} FROM ({ends}) AS ends")
