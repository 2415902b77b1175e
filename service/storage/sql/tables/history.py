"""The loss of every epoch."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, Table

from service.storage.sql.tables.columns import (
    float_columns,
    json_column,
    metadata,
    parent_column,
)

#: In SQLite the table is its own primary key index: an epoch's row lies next to the other epochs of its job.
epochs = Table(
    "epochs",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    *float_columns("loss", nullable=False),
    *float_columns("val_loss", nullable=True),
    *float_columns("learning_rate", nullable=False),
    *float_columns("gradient_norm", nullable=False),
    Column("seconds", Double, nullable=False),
    json_column("metrics"),
    json_column("layers", nullable=True),
    json_column("fits", nullable=True),
    sqlite_with_rowid=False,
)

#: The smallest and the largest loss of every block of epochs; see `service.storage.sql.epoch_blocks`.
epoch_blocks = Table(
    "epoch_blocks",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("low_rank", Integer, nullable=False),
    Column("low_loss", Double),
    Column("low_epoch", BigInteger, nullable=False),
    Column("high_rank", Integer, nullable=False),
    Column("high_loss", Double),
    Column("high_epoch", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
