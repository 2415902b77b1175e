"""Jobs, what each reads and keeps while it runs, and the workers that run them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, Table, Text

from service.domain.job_kind import JobKind
from service.domain.status import Origin, RequestedState, Status
from service.storage.sql.tables.columns import (
    EnumText,
    creator_columns,
    float_columns,
    json_column,
    metadata,
    parent_column,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    parent_column("network_id", "networks.id"),
    Column("status", EnumText(Status), nullable=False),
    Column("want", EnumText(RequestedState), key="requested_state", nullable=False),
    json_column("options"),
    Column("epoch", BigInteger, nullable=False),
    Column("epochs", BigInteger, nullable=False),
    Column("token", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Double),
    Column("crashes", Integer, nullable=False),
    Column("best_epoch", BigInteger),
    *float_columns("best_value", nullable=True),
    Column("seconds", Double, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("stopped_early", Boolean, nullable=False),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("created_at", Double, nullable=False),
    Column("queued_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("max_seconds", Double),
    Column("event_count", Integer, nullable=False),  # Events ever recorded: the number of the newest.
    json_column("importance", nullable=True),
    json_column("folds", nullable=True),
    json_column("average", nullable=True),
    json_column("findings", nullable=True),
    Column("data_bytes", BigInteger, nullable=False, index=True),  # Of its rows in `job_data`.
    Column("traceparent", Text),  # Of the request that submitted it.
    Column("kind", EnumText(JobKind), nullable=False),
    Column("rows_done", BigInteger, nullable=False),  # Of a prediction: rows that are stored.
    Column("output", Text, index=True),  # Of a prediction: the data set that it writes.
    *creator_columns(),
    Column("origin", EnumText(Origin), nullable=False),
    Column("monitored", Text),  # The number whose best epoch is remembered; jobs of which `best` may compare it
    Column("higher_is_better", Boolean),  # have the same one, measured on the same rows.
    Column("judged_rows", Text),  # Null where the job was made before it was kept.
    Column("code_version", Text),
    Column("running_limit", Integer),  # Of its creator's jobs that run at once; null: none.
    Column("turn", Integer, nullable=False),  # The least goes first, see `service.storage.sql.turns`.
    Column("pause_at", BigInteger),  # The epoch after which it pauses itself.
    Column("epochs_per_second", Double),  # At most; null: no limit.
    json_column("changes", nullable=True),  # Of its options since it was submitted.
    Column("restart_of", Text),  # The first job of which this one is another start.
    Column("watched_until", Double),  # Until then it sends frames.
    Column("title", Text),  # What people call it, and what they note about it.
    Column("note", Text),
    json_column("tags", nullable=True),
    Column("search_id", Text),  # Of a trial: its search, and its number there.
    Column("trial", Integer),
    Column("stack_key", Text),  # Equal for trials of a search that may train as one stack; null: alone.
    Index(None, "search_id", "id"),
    Index(None, "network_id", "id"),
    Index(None, "restart_of", "id"),
    Index(None, "created_by", "id"),
    Index(None, "created_by_key", "id"),
    Index(None, "status", "id"),
    Index(None, "status", "queued_at"),
    Index(None, "status", "turn", "queued_at", "id"),
    Index(None, "status", "created_by_key", "created_by", "turn"),
)

#: The rows a job trains on, encoded, apart from the row that changes with every beat.
job_data = Table(
    "job_data",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

#: Weights of a running job while somebody watches, kept for a minute.
frames = Table(
    "frames",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("weights", LargeBinary, nullable=False),
    Column("created_at", Double, nullable=False, index=True),
)

#: The weights a job starts from, kept until it ends.
start_values = Table(
    "start_values",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("buffer", LargeBinary, nullable=False),
    json_column("preprocessing", nullable=True),
)

#: The data sets a job reads, until it ends; a data set without rows here may be deleted.
job_datasets = Table(
    "job_datasets",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("role", Text, primary_key=True),
    Column("dataset_id", Text, sa.ForeignKey("datasets.id"), nullable=False, index=True),
)

events = Table(
    "events",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    json_column("data"),
    Column("created_at", Double, nullable=False),
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    parent_column("job_id", "jobs.id", primary_key=True),
    Column("token", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    json_column("meta"),
    Column("sha256", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("arrays", LargeBinary, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("slots", Integer, nullable=False),
    Column("seen_at", Double, nullable=False),
)
