"""The extremes of the loss in every block of epochs, kept as the epochs come: a level of detail for long histories."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from service.storage.sql.clauses import insert_or_replace
from service.storage.sql.tables import epoch_blocks, epochs, jobs

#: Epochs of a block: block 0 has 1 to 256.
SIZE = 256
#: Losses in order: -inf, the finite ones by their value, +inf, NaN.
RANK = sa.case(
    (epochs.c.loss.is_not(None), 1), (epochs.c.loss_kind == "-inf", 0), (epochs.c.loss_kind == "+inf", 2), else_=3
)
SMALLEST_FIRST = (RANK, epochs.c.loss, epochs.c.epoch)
LARGEST_FIRST = (RANK.desc(), epochs.c.loss.desc(), epochs.c.epoch)


def block_of(epoch: int) -> int:
    return (epoch - 1) // SIZE


def refresh(connection: sa.Connection, job_id: str, numbers: Iterable[int]) -> None:
    """Compute the blocks of these epochs again, where all of a block is on record."""
    last = connection.scalar(sa.select(jobs.c.epoch).where(jobs.c.id == job_id)) or 0
    whole = sorted(block for block in {block_of(number) for number in numbers} if (block + 1) * SIZE <= last)
    if whole:
        rows = [_row(connection, job_id, block) for block in whole]
        connection.execute(insert_or_replace(connection, epoch_blocks), rows)


def _row(connection: sa.Connection, job_id: str, block: int) -> dict[str, Any]:
    within = (epochs.c.job_id == job_id, epochs.c.epoch > block * SIZE, epochs.c.epoch <= (block + 1) * SIZE)
    wanted = sa.select(RANK.label("rank"), epochs.c.loss, epochs.c.epoch).where(*within).limit(1)
    low = connection.execute(wanted.order_by(*SMALLEST_FIRST)).one()
    high = connection.execute(wanted.order_by(*LARGEST_FIRST)).one()
    found = {"low": low, "high": high}
    parts = {f"{name}_{part}": getattr(row, part) for name, row in found.items() for part in ("rank", "loss", "epoch")}
    return {"job_id": job_id, "block": block, **parts}


def extremes(connection: sa.Connection, job_id: str, first: int, last: int, count: int) -> set[int] | None:
    """The epochs with the smallest and the largest loss in each of `count` runs of nearly as many whole blocks.

    Of blocks from `first` to `last`. None where not all of them are kept: the job is older than they are.
    """
    of_job = (epoch_blocks.c.job_id == job_id) & epoch_blocks.c.block.between(first, last)
    rows = connection.execute(sa.select(epoch_blocks).where(of_job).order_by(epoch_blocks.c.block)).all()
    if len(rows) != last - first + 1:
        return None
    chosen: set[int] = set()
    for number in range(count):
        run = rows[number * len(rows) // count : (number + 1) * len(rows) // count]
        chosen.add(min((row.low_rank, row.low_loss or 0.0, row.low_epoch) for row in run)[2])
        chosen.add(-max((row.high_rank, row.high_loss or 0.0, -row.high_epoch) for row in run)[2])
    return chosen
