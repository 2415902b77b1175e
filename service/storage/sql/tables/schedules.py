"""Trainings at set times."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Table, Text

from service.storage.sql.tables.columns import (
    creator_columns,
    json_column,
    metadata,
    parent_column,
)

#: Trainings at set times. The last job may be deleted meanwhile.
schedules = Table(
    "schedules",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, unique=True),
    parent_column("network_id", "networks.id", index=True),
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    json_column("train"),
    Column("if_changed", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("stopped", Text),
    Column("next_at", Double, index=True),  # Null while it is paused or has stopped.
    Column("runs", BigInteger, nullable=False),
    Column("last_at", Double),
    Column("last_outcome", Text),
    Column("last_error", Text),
    Column("last_job_id", Text),
    json_column("last_datasets", nullable=True),
    json_column("networks", nullable=True),
    Column("created_at", Double, nullable=False),
    *creator_columns(),
)
