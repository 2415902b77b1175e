"""The tables, as SQLAlchemy knows them. Alembic makes them; a test holds the two equal."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from service.domain.job_kind import JobKind
from service.domain.status import Origin, RequestedState, Status
from service.domain.versions import Action

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

E = TypeVar("E", bound=StrEnum)


class EnumText(sa.types.TypeDecorator[E]):
    """A word of an enum, kept as text."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> E | None:
        return None if value is None else self.enum(value)


def _float(name: str, *, nullable: bool) -> tuple[Column[Any], Column[Any]]:
    """A float that may be NaN or infinite, see `service.storage.sql.floats`."""
    return Column(name, Double), Column(f"{name}_kind", Text, nullable=nullable)


def _json(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, sa.JSON(none_as_null=True), nullable=nullable)


def _created_by() -> tuple[Column[Any], Column[Any]]:
    """Who made it: the name of a key, or a proxy's user, and the id of that key."""
    return Column("created_by", Text), Column("created_by_key", Text)


def _parent(name: str, target: str, **options: Any) -> Column[Any]:
    return Column(name, Text, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False, **options)


networks = Table(
    "networks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    _json("tags"),
    _json("spec"),
    _json("features", nullable=True),
    _json("labels", nullable=True),
    Column("inputs", Integer, nullable=False),
    Column("outputs", Integer, nullable=False),
    Column("parameter_count", BigInteger, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("deleting", Boolean, nullable=False),
    Column("snapshot_count", Integer, nullable=False),  # Snapshots ever made: the number of the newest.
    Column("version_count", Integer, nullable=False),  # Versions ever published: the number of the newest.
    _json("table", nullable=True),
    Column("explicit_weights", Boolean, nullable=False),  # The first snapshot has them.
    _json("warnings", nullable=True),  # Null where the network was made before they were kept.
    *_created_by(),
    _json("answer_log", nullable=True),  # Null: its answers are not kept.
    Column("unloaded", Boolean, nullable=False),
    Column("event_count", Integer, nullable=False),  # Events ever recorded: the number of the newest.
)

#: The tags of networks once more, to find networks by.
network_tags = Table(
    "network_tags",
    metadata,
    _parent("network_id", "networks.id", primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Index(None, "key", "value", "network_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    _parent("network_id", "networks.id"),
    Column("status", EnumText(Status), nullable=False),
    Column("want", EnumText(RequestedState), key="requested_state", nullable=False),
    _json("options"),
    Column("epoch", BigInteger, nullable=False),
    Column("epochs", BigInteger, nullable=False),
    Column("token", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Double),
    Column("crashes", Integer, nullable=False),
    Column("best_epoch", BigInteger),
    *_float("best_value", nullable=True),
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
    _json("importance", nullable=True),
    _json("findings", nullable=True),
    Column("data_bytes", BigInteger, nullable=False, index=True),  # Of its rows in `job_data`.
    Column("traceparent", Text),  # Of the request that submitted it.
    Column("kind", EnumText(JobKind), nullable=False),
    Column("rows_done", BigInteger, nullable=False),  # Of a prediction: rows that are stored.
    Column("output", Text, index=True),  # Of a prediction: the data set that it writes.
    *_created_by(),
    Column("origin", EnumText(Origin), nullable=False),
    Column("monitored", Text),  # The number whose best epoch is remembered; jobs of which `best` may compare it
    Column("higher_is_better", Boolean),  # have the same one, measured on the same rows.
    Column("judged_rows", Text),  # Null where the job was made before it was kept.
    Column("code_version", Text),
    Column("running_limit", Integer),  # Of its creator's jobs that run at once; null: none.
    Column("turn", Integer, nullable=False),  # The least goes first, see `service.storage.sql.turns`.
    Column("pause_at", BigInteger),  # The epoch after which it pauses itself.
    Column("epochs_per_second", Double),  # At most; null: no limit.
    _json("changes", nullable=True),  # Of its options since it was submitted.
    Column("restart_of", Text),  # The first job of which this one is another start.
    Column("watched_until", Double),  # Until then it sends frames.
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
    _parent("job_id", "jobs.id", primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

#: Weights of a running job while somebody watches, kept for a minute.
frames = Table(
    "frames",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("weights", LargeBinary, nullable=False),
    Column("created_at", Double, nullable=False, index=True),
)

#: The weights a job starts from, kept until it ends.
start_values = Table(
    "start_values",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("buffer", LargeBinary, nullable=False),
    _json("preprocessing", nullable=True),
)

#: The data sets a job reads, until it ends; a data set without rows here may be deleted.
job_datasets = Table(
    "job_datasets",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("role", Text, primary_key=True),
    Column("dataset_id", Text, sa.ForeignKey("datasets.id"), nullable=False, index=True),
)

#: In SQLite the table is its own primary key index: an epoch's row lies next to the other epochs of its job.
epochs = Table(
    "epochs",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    *_float("loss", nullable=False),
    *_float("val_loss", nullable=True),
    *_float("learning_rate", nullable=False),
    *_float("gradient_norm", nullable=False),
    Column("seconds", Double, nullable=False),
    _json("metrics"),
    _json("layers", nullable=True),
    sqlite_with_rowid=False,
)

#: The smallest and the largest loss of every block of epochs; see `service.storage.sql.epoch_blocks`.
epoch_blocks = Table(
    "epoch_blocks",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("low_rank", Integer, nullable=False),
    Column("low_loss", Double),
    Column("low_epoch", BigInteger, nullable=False),
    Column("high_rank", Integer, nullable=False),
    Column("high_loss", Double),
    Column("high_epoch", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    _json("data"),
    Column("created_at", Double, nullable=False),
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _parent("job_id", "jobs.id", primary_key=True),
    Column("token", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    _json("meta"),
    Column("sha256", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("arrays", LargeBinary, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Text, primary_key=True),
    _parent("network_id", "networks.id"),
    Column("number", Integer, nullable=False),
    Column("job_id", Text, sa.ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("epoch", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("eligible", Boolean, nullable=False),  # Imported, or what a training that succeeded ended with: may be live.
    *_float("loss", nullable=True),
    *_float("val_loss", nullable=True),
    _json("metrics"),
    Column("dtype", Text, nullable=False),
    _json("manifest"),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    _json("preprocessing", nullable=True),
    _json("calibration", nullable=True),
    UniqueConstraint("network_id", "number"),
    Index(None, "network_id", "eligible", "number"),
    Index(None, "job_id", "kind"),
)

#: Published snapshots. Without a cascade, so that no delete takes a snapshot that was published.
versions = Table(
    "versions",
    metadata,
    _parent("network_id", "networks.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("snapshot_id", Text, sa.ForeignKey("snapshots.id"), nullable=False, unique=True),
    Column("note", Text, nullable=False),
    Column("job_id", Text),
    _json("training", nullable=True),
    Column("code_version", Text),
    Column("created_at", Double, nullable=False),
    *_created_by(),
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
    *_created_by(),
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
    *_created_by(),
)

#: The weights of a snapshot, apart from its row, so that naming a snapshot never rewrites them.
snapshot_values = Table(
    "snapshot_values",
    metadata,
    _parent("snapshot_id", "snapshots.id", primary_key=True),
    Column("buffer", LargeBinary, nullable=False),
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
    _json("options"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    _json("columns"),
    _json("warnings"),
    Column("chunks", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    *_created_by(),
    Column("revision", Integer, nullable=False),
    _json("origin", nullable=True),  # Where it came from, if a job wrote it.
    _json("profiles"),  # Behind the others, for these are large.
    _json("preview"),
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
    _parent("dataset_id", "datasets.id", primary_key=True),
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
    _parent("dataset_id", "datasets.id", index=True),
)

#: The file that a data set was read from, as it was sent, in pieces that zstd has packed.
dataset_files = Table(
    "dataset_files",
    metadata,
    _parent("dataset_id", "datasets.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

#: Trainings at set times. The last job may be deleted meanwhile.
schedules = Table(
    "schedules",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, unique=True),
    _parent("network_id", "networks.id", index=True),
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    _json("train"),
    Column("if_changed", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("stopped", Text),
    Column("next_at", Double, index=True),  # Null while it is paused or has stopped.
    Column("runs", BigInteger, nullable=False),
    Column("last_at", Double),
    Column("last_outcome", Text),
    Column("last_error", Text),
    Column("last_job_id", Text),
    _json("last_datasets", nullable=True),
    _json("networks", nullable=True),
    Column("created_at", Double, nullable=False),
    *_created_by(),
)

#: What happened to networks, apart from their jobs.
network_events = Table(
    "network_events",
    metadata,
    _parent("network_id", "networks.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    _json("data"),
    Column("created_at", Double, nullable=False),
    sqlite_with_rowid=False,
)

#: When workers look whether the rows of a network have drifted, and what the last look has found.
watches = Table(
    "watches",
    metadata,
    _parent("network_id", "networks.id", primary_key=True),
    Column("every_seconds", Double, nullable=False),
    Column("url", Text),
    Column("secret", Text),
    Column("next_at", Double, nullable=False, index=True),
    Column("looks", BigInteger, nullable=False),  # Those begun, and changes: a look writes under its number alone.
    Column("last_at", Double),
    Column("last_status", Text),
    Column("last_error", Text),
    _json("drifted"),
)

#: Callbacks to deliver at the end of jobs and for events of networks; a row stays until its callback is delivered or
#: given up.
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),  # The job's, or that of the network with the number of its event.
    Column("job_id", Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), index=True),
    Column("network_id", Text),
    Column("seq", Integer),
    Column("url", Text, nullable=False),
    Column("secret", Text),  # Its own; without it, the one that is configured.
    Column("attempts", Integer, nullable=False),  # Those begun; an attempt writes under its number alone.
    Column("due_at", Double, index=True),  # Null until the job has ended; then never before this moment.
    sa.ForeignKeyConstraint(
        ["network_id", "seq"], ["network_events.network_id", "network_events.seq"], ondelete="CASCADE"
    ),
    Index(None, "network_id", "seq"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("created_at", Double, nullable=False, index=True),
    Column("status", Integer),
    Column("location", Text),
    Column("body", LargeBinary),
)

#: Never deleted, so that the maker of everything stays known; a secret is known by its SHA-256 alone.
keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _json("scopes"),
    _json("networks", nullable=True),
    Column("created_at", Double, nullable=False),
    Column("created_by", Text, index=True),
    Column("expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Column("replaces", Text),
    Column("closes", Boolean, nullable=False),  # While one of them does, a request needs a key.
    _json("limits", nullable=True),  # By name; null: those of the settings.
)

#: Browsers that signed in; the row goes when the session is ended.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key_id", Text, sa.ForeignKey("keys.id", ondelete="CASCADE"), index=True),  # Null: by the start's link.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

#: Tokens that let somebody sign in once.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", Double, nullable=False),
)

#: Counts that only grow, whatever is deleted: ends of jobs, and attempts to deliver their callbacks.
totals = Table(
    "totals",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("code", Text, primary_key=True),  # The error code of failed jobs, otherwise empty.
    Column("up_to_seconds", Integer, primary_key=True, autoincrement=False),  # 0: longer than all bounds.
    Column("total", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
)

#: What was changed and what was rejected, by whom; keys are never deleted, but the names are kept with it all the same.
audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", Double, nullable=False, index=True),
    Column("key_id", Text),
    Column("key_name", Text),
    Column("action", Text),
    Column("object", Text),
    Column("address", Text),
    Column("request_id", Text, nullable=False),
    Column("status", Integer, nullable=False),
)

#: How the rows that trained a snapshot are distributed, apart from its row, which predictions read.
snapshot_references = Table(
    "snapshot_references",
    metadata,
    _parent("snapshot_id", "snapshots.id", primary_key=True),
    Column("reference", Text, nullable=False),
)

#: How many rows of answers a network has ever had, and how many bytes of them are kept.
answer_logs = Table(
    "answer_logs",
    metadata,
    _parent("network_id", "networks.id", primary_key=True),
    Column("rows", BigInteger, nullable=False),
    Column("stored_bytes", BigInteger, nullable=False),
)

#: Answers that were kept, one by row; `inputs`, `outputs` and `actual` are lists as JSON.
answers = Table(
    "answers",
    metadata,
    _parent("network_id", "networks.id", primary_key=True),
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

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("slots", Integer, nullable=False),
    Column("seen_at", Double, nullable=False),
)
