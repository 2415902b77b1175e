"""Networks, and what happened to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text

from service.storage.sql.tables.columns import (
    creator_columns,
    json_column,
    metadata,
    parent_column,
)

networks = Table(
    "networks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    json_column("tags"),
    json_column("spec"),
    json_column("features", nullable=True),
    json_column("labels", nullable=True),
    Column("inputs", Integer, nullable=False),
    Column("outputs", Integer, nullable=False),
    Column("parameter_count", BigInteger, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("deleting", Boolean, nullable=False),
    Column("snapshot_count", Integer, nullable=False),  # Snapshots ever made: the number of the newest.
    Column("version_count", Integer, nullable=False),  # Versions ever published: the number of the newest.
    json_column("table", nullable=True),
    Column("explicit_weights", Boolean, nullable=False),  # The first snapshot has them.
    json_column("warnings", nullable=True),  # Null where the network was made before they were kept.
    *creator_columns(),
    json_column("answer_log", nullable=True),  # Null: its answers are not kept.
    Column("unloaded", Boolean, nullable=False),
    Column("event_count", Integer, nullable=False),  # Events ever recorded: the number of the newest.
    Column("search_id", Text, index=True),  # The search that owns it; null: nobody but its users.
)

#: The tags of networks once more, to find networks by.
network_tags = Table(
    "network_tags",
    metadata,
    parent_column("network_id", "networks.id", primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Index(None, "key", "value", "network_id"),
)

#: What happened to networks, apart from their jobs.
network_events = Table(
    "network_events",
    metadata,
    parent_column("network_id", "networks.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    json_column("data"),
    Column("created_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
