"""Data sets, their rows and their files."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, Table, Text, UniqueConstraint

from service.storage.sql.tables.columns import (
    creator_columns,
    json_column,
    metadata,
    parent_column,
)

#: Without a fingerprint, a data set is not there for anybody: still being stored, or being deleted. One that a job
#: writes has its name from the start, so that nobody else takes it meanwhile.
datasets = Table(
    "datasets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("fingerprint", Text, unique=True),
    Column("sha256", Text, nullable=False),
    Column("filename", Text),
    Column("format", Text, nullable=False),
    json_column("options"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    json_column("columns"),
    json_column("warnings"),
    Column("chunks", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    *creator_columns(),
    Column("revision", Integer, nullable=False),
    json_column("origin", nullable=True),  # Where it came from, if a job wrote it.
    json_column("profiles"),  # Behind the others, for these are large.
    json_column("preview"),
    UniqueConstraint("name", "revision"),
)

#: The last number that a revision of a name was given, where it has had more than one.
dataset_revisions = Table(
    "dataset_revisions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
)

#: The rows of a data set, as Parquet files of a few megabytes each.
dataset_chunks = Table(
    "dataset_chunks",
    metadata,
    parent_column("dataset_id", "datasets.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rows", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

#: Further names of a data set, under which the same file was sent again.
dataset_names = Table(
    "dataset_names",
    metadata,
    Column("name", Text, primary_key=True),
    parent_column("dataset_id", "datasets.id", index=True),
)

#: The file that a data set was read from, as it was sent, in pieces that zstd has packed.
dataset_files = Table(
    "dataset_files",
    metadata,
    parent_column("dataset_id", "datasets.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)
