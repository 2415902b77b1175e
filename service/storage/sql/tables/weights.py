"""Snapshots, and the versions and aliases that point at them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from service.domain.versions import Action
from service.storage.sql.tables.columns import (
    EnumText,
    creator_columns,
    float_columns,
    json_column,
    metadata,
    parent_column,
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Text, primary_key=True),
    parent_column("network_id", "networks.id"),
    Column("number", Integer, nullable=False),
    Column("job_id", Text, sa.ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("epoch", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("eligible", Boolean, nullable=False),  # Imported, or what a training that succeeded ended with: may be live.
    *float_columns("loss", nullable=True),
    *float_columns("val_loss", nullable=True),
    json_column("metrics"),
    Column("dtype", Text, nullable=False),
    json_column("manifest"),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    json_column("preprocessing", nullable=True),
    json_column("calibration", nullable=True),
    UniqueConstraint("network_id", "number"),
    Index(None, "network_id", "eligible", "number"),
    Index(None, "job_id", "kind"),
)

#: Published snapshots. Without a cascade, so that no delete takes a snapshot that was published.
versions = Table(
    "versions",
    metadata,
    parent_column("network_id", "networks.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("snapshot_id", Text, sa.ForeignKey("snapshots.id"), nullable=False, unique=True),
    Column("note", Text, nullable=False),
    Column("job_id", Text),
    json_column("training", nullable=True),
    Column("code_version", Text),
    Column("created_at", Double, nullable=False),
    *creator_columns(),
)

#: Of a network, or of a model, whose aliases may point at versions of any network.
aliases = Table(
    "aliases",
    metadata,
    Column("owner_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("network_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("move", Integer, nullable=False),  # The number of its newest move.
    sa.ForeignKeyConstraint(["network_id", "version"], ["versions.network_id", "versions.number"]),
    Index(None, "network_id", "version"),
)

#: Names of services; each owns aliases.
models = Table(
    "models",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    *creator_columns(),
)

#: Every change of an alias, also of one that was removed.
alias_moves = Table(
    "alias_moves",
    metadata,
    Column("owner_id", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("action", EnumText(Action), nullable=False),
    Column("network_id", Text),
    Column("version", Integer),
    Column("previous", Integer),  # The move whose version a roll back returns to.
    Column("note", Text),
    Column("created_at", Double, nullable=False),
    *creator_columns(),
)

#: The weights of a snapshot, apart from its row, so that naming a snapshot never rewrites them.
snapshot_values = Table(
    "snapshot_values",
    metadata,
    parent_column("snapshot_id", "snapshots.id", primary_key=True),
    Column("buffer", LargeBinary, nullable=False),
)

#: How the rows that trained a snapshot are distributed, apart from its row, which predictions read.
snapshot_references = Table(
    "snapshot_references",
    metadata,
    parent_column("snapshot_id", "snapshots.id", primary_key=True),
    Column("reference", Text, nullable=False),
)
