"""Answers that were kept, and the watch for drift."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, Table, Text, UniqueConstraint

from service.storage.sql.tables.columns import (
    json_column,
    metadata,
    parent_column,
)

#: When workers look whether the rows of a network have drifted, and what the last look has found.
watches = Table(
    "watches",
    metadata,
    parent_column("network_id", "networks.id", primary_key=True),
    Column("every_seconds", Double, nullable=False),
    Column("url", Text),
    Column("secret", Text),
    Column("next_at", Double, nullable=False, index=True),
    Column("looks", BigInteger, nullable=False),  # Those begun, and changes: a look writes under its number alone.
    Column("last_at", Double),
    Column("last_status", Text),
    Column("last_error", Text),
    json_column("drifted"),
)

#: How many rows of answers a network has ever had, and how many bytes of them are kept.
answer_logs = Table(
    "answer_logs",
    metadata,
    parent_column("network_id", "networks.id", primary_key=True),
    Column("rows", BigInteger, nullable=False),
    Column("stored_bytes", BigInteger, nullable=False),
)

#: Answers that were kept, one by row; `inputs`, `outputs` and `actual` are lists as JSON.
answers = Table(
    "answers",
    metadata,
    parent_column("network_id", "networks.id", primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),  # Of the request.
    Column("row", Integer, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("version", Integer),
    Column("created_at", Double, nullable=False),
    Column("caller", Text),
    Column("inputs", Text, nullable=False),
    Column("outputs", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),  # Of inputs and outputs.
    Column("actual", Text),
    Column("actual_at", Double),
    UniqueConstraint("id", "row"),
    sqlite_with_rowid=False,
)
