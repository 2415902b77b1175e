"""The extremes of the loss in every block of epochs, kept as the epochs come: a level of detail for long histories."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service.domain.epochs import Epoch
from service.storage.sql.clauses import insert_or_replace
from service.storage.sql.tables.history import epoch_blocks, epochs
from service.storage.sql.tables.jobs import jobs

#: Epochs of a block: block 0 has 1 to 256.
SIZE = 256
#: Losses in order: -inf, the finite ones by their value, +inf, NaN.
FINITE_RANK = 1
RANK = sa.case(
    (epochs.c.loss.is_not(None), FINITE_RANK),
    (epochs.c.loss_kind == "-inf", 0),
    (epochs.c.loss_kind == "+inf", 2),
    else_=3,
)
SMALLEST_FIRST = (RANK, epochs.c.loss, epochs.c.epoch)
LARGEST_FIRST = (RANK.desc(), epochs.c.loss.desc(), epochs.c.epoch)


def block_of(epoch: int) -> int:
    return (epoch - 1) // SIZE


def refresh(connection: sa.Connection, job_id: str, reports: Sequence[Epoch]) -> None:
    """Compute the blocks of these epochs again, where all of a block is on record: from the epochs themselves, if all
    of a block are among them."""
    last = connection.scalar(sa.select(jobs.c.epoch).where(jobs.c.id == job_id)) or 0
    losses = {report.epoch: report.loss for report in reports}
    whole = sorted(block for block in set(map(block_of, losses)) if (block + 1) * SIZE <= last)
    if whole:
        rows = [_given(job_id, block, losses) or _row(connection, job_id, block) for block in whole]
        connection.execute(insert_or_replace(connection, epoch_blocks), rows)


def _given(job_id: str, block: int, losses: Mapping[int, float]) -> dict[str, Any] | None:
    """The row of a block, in the orders above; None if a loss of it is not given."""
    numbers = range(block * SIZE + 1, (block + 1) * SIZE + 1)
    known = [losses.get(number) for number in numbers]
    if None in known:
        return None
    ranked = [_ranked(float(loss)) for loss in known if loss is not None]
    found = {"low": min(ranked), "high": max(ranked)}
    row: dict[str, Any] = {"job_id": job_id, "block": block}
    for name, (rank, loss) in found.items():
        row[f"{name}_rank"], row[f"{name}_loss"] = rank, loss if rank == FINITE_RANK else None
        row[f"{name}_epoch"] = numbers[ranked.index((rank, loss))]
    return row


def _ranked(loss: float) -> tuple[int, float]:
    """A loss by its rank, and within that."""
    if math.isfinite(loss):
        return FINITE_RANK, loss
    return (3 if math.isnan(loss) else 2 if loss > 0 else 0), 0.0


def _row(connection: sa.Connection, job_id: str, block: int) -> dict[str, Any]:
    within = (epochs.c.job_id == job_id, epochs.c.epoch > block * SIZE, epochs.c.epoch <= (block + 1) * SIZE)
    wanted = sa.select(RANK.label("rank"), epochs.c.loss, epochs.c.epoch).where(*within).limit(1)
    low = connection.execute(wanted.order_by(*SMALLEST_FIRST)).one()
    high = connection.execute(wanted.order_by(*LARGEST_FIRST)).one()
    found = {"low": low, "high": high}
    parts = {f"{name}_{part}": getattr(row, part) for name, row in found.items() for part in ("rank", "loss", "epoch")}
    return {"job_id": job_id, "block": block, **parts}


def are_kept(connection: sa.Connection, job_id: str, first: int, last: int) -> bool:
    """Whether all blocks from `first` to `last` are there; of a job that is older than they are, they are not."""
    kept = sa.select(sa.func.count()).where(epoch_blocks.c.job_id == job_id, epoch_blocks.c.block.between(first, last))
    return connection.execute(kept).scalar_one() == last - first + 1


def extremes(job_id: str, first: int, last: int, count: int) -> list[sa.Select[Any]]:
    """The epochs with the smallest and the largest loss in each of `count` runs of nearly as many whole blocks.

    Of blocks from `first` to `last`. Each is the top of a short range of the primary key, so that no block leaves the
    database.
    """
    run = sa.select(sa.literal(0, sa.BigInteger).label("number")).cte("run", recursive=True)
    run = run.union_all(sa.select(run.c.number + 1).where(run.c.number < count - 1))
    start = first + run.c.number * (last - first + 1) // count
    end = first + (run.c.number + 1) * (last - first + 1) // count
    found = epoch_blocks.c
    inside = (found.job_id == job_id, found.block >= start, found.block < end)
    low = sa.select(found.low_epoch).order_by(found.low_rank, found.low_loss, found.low_epoch)
    high = sa.select(found.high_epoch).order_by(found.high_rank.desc(), found.high_loss.desc(), found.high_epoch)
    tops = (one.where(*inside).limit(1).correlate(run).scalar_subquery() for one in (low, high))
    return [sa.select(top).select_from(run) for top in tops]
