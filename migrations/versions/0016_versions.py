"""Versions and aliases: what a network answers from is what somebody decided.

The alias of a snapshot becomes an alias of a version. One of digits only would be read as the number of a version, so
it is kept as ``alias-<n>``.
"""

from __future__ import annotations

import itertools
import json
import logging
import secrets
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

networks = sa.table("networks", *map(sa.column, ("id", "name", "version_count")))
jobs = sa.table("jobs", *map(sa.column, ("id", "status", "options", "origin", "monitored")))
snapshots = sa.table(
    "snapshots", *map(sa.column, ("id", "network_id", "number", "job_id", "kind", "alias", "eligible", "created_at"))
)
versions = sa.table(
    "versions", *map(sa.column, ("network_id", "number", "id", "snapshot_id", "note", "job_id", "created_at"))
)
aliases = sa.table("aliases", *map(sa.column, ("owner_id", "name", "network_id", "version", "move")))
alias_moves = sa.table(
    "alias_moves",
    *map(sa.column, ("owner_id", "alias", "number", "action", "network_id", "version", "note", "created_at")),
)

logger = logging.getLogger("service.storage.migrate")

#: The aliases that a network answers from, whatever it has been trained to since.
LIVE = ("production", "live")
NOTE = "had an alias before versions were published"


def upgrade() -> None:
    _make_tables()
    _add_columns()
    connection = op.get_bind()
    connection.execute(sa.update(networks).values(version_count=0))
    connection.execute(sa.update(jobs).values(origin="train"))
    _set_monitored(connection)
    _set_eligible(connection)
    _publish_aliases(connection)
    _finish_columns()


def downgrade() -> None:
    op.add_column("snapshots", sa.Column("alias", sa.Text(), nullable=True))
    _restore_aliases(op.get_bind())
    with op.batch_alter_table("snapshots") as batch:
        batch.drop_index("ix_snapshots_network_id_eligible_number")
        batch.drop_column("eligible")
        batch.create_unique_constraint("uq_snapshots_network_id_alias", ["network_id", "alias"])
    for table in ("alias_moves", "aliases", "versions"):
        op.drop_table(table)
    for column in ("code_version", "judged_rows", "higher_is_better", "monitored", "origin"):
        op.drop_column("jobs", column)
    op.drop_column("networks", "version_count")


def _make_tables() -> None:
    op.create_table(
        "versions",
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("training", sa.JSON(), nullable=True),
        sa.Column("code_version", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_by_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_versions_network_id_networks", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name="fk_versions_snapshot_id_snapshots"),
        sa.PrimaryKeyConstraint("network_id", "number", name="pk_versions"),
        sa.UniqueConstraint("id", name="uq_versions_id"),
        sa.UniqueConstraint("snapshot_id", name="uq_versions_snapshot_id"),
    )
    op.create_table(
        "aliases",
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("move", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id", "version"], ["versions.network_id", "versions.number"], name="fk_aliases_network_id_versions"
        ),
        sa.PrimaryKeyConstraint("owner_id", "name", name="pk_aliases"),
    )
    op.create_index("ix_aliases_network_id_version", "aliases", ["network_id", "version"])
    op.create_table(
        "alias_moves",
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_by_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("owner_id", "alias", "number", name="pk_alias_moves"),
    )


def _add_columns() -> None:
    op.add_column("networks", sa.Column("version_count", sa.Integer(), nullable=True))
    for name, kind in (
        ("origin", sa.Text()),
        ("monitored", sa.Text()),
        ("higher_is_better", sa.Boolean()),
        ("judged_rows", sa.Text()),
        ("code_version", sa.Text()),
    ):
        op.add_column("jobs", sa.Column(name, kind, nullable=True))
    op.add_column("snapshots", sa.Column("eligible", sa.Boolean(), nullable=True))


def _finish_columns() -> None:
    with op.batch_alter_table("networks") as batch:
        batch.alter_column("version_count", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("origin", existing_type=sa.Text(), nullable=False)
    with op.batch_alter_table("snapshots") as batch:
        batch.alter_column("eligible", existing_type=sa.Boolean(), nullable=False)
        batch.drop_constraint("uq_snapshots_network_id_alias", type_="unique")
        batch.drop_column("alias")
    op.create_index("ix_snapshots_network_id_eligible_number", "snapshots", ["network_id", "eligible", "number"])


def _set_monitored(connection: sa.Connection) -> None:
    """The number whose best epoch a job remembers, as its options say it."""
    for job_id, text in connection.execute(sa.select(jobs.c.id, sa.cast(jobs.c.options, sa.Text))).all():
        options = json.loads(text)
        stopping = (options.get("training") or {}).get("early_stopping") or {}
        monitored = stopping.get("monitor") or ("val_loss" if options.get("validation") else "loss")
        connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(monitored=monitored))


def _set_eligible(connection: sa.Connection) -> None:
    """Imported weights, and those that a job which succeeded ended with; of deleted jobs those that any ended with."""
    connection.execute(sa.update(snapshots).values(eligible=snapshots.c.kind == "imported"))
    is_last = (snapshots.c.kind == "last") & snapshots.c.job_id.is_(None)
    connection.execute(sa.update(snapshots).where(is_last).values(eligible=sa.true()))
    other = snapshots.alias("other")
    later = ((other.c.kind == "last") & (snapshots.c.kind != "last")) | (
        ((other.c.kind == "last") == (snapshots.c.kind == "last")) & (other.c.number > snapshots.c.number)
    )
    succeeded = sa.select(jobs.c.id).where(jobs.c.status == "succeeded")
    final = snapshots.c.job_id.in_(succeeded) & ~sa.exists().where(other.c.job_id == snapshots.c.job_id, later)
    connection.execute(sa.update(snapshots).where(final).values(eligible=sa.true()))
    # A network whose first weights were deleted has answered from its newest ones.
    able = other.c.eligible | (other.c.kind == "initial")
    without = ~sa.exists().where(other.c.network_id == snapshots.c.network_id, able)
    newest = ~sa.exists().where(other.c.network_id == snapshots.c.network_id, other.c.number > snapshots.c.number)
    connection.execute(sa.update(snapshots).where(without & newest).values(eligible=sa.true()))


def _publish_aliases(connection: sa.Connection) -> None:
    named = (
        sa.select(snapshots).where(snapshots.c.alias.is_not(None)).order_by(snapshots.c.network_id, snapshots.c.number)
    )
    rows = connection.execute(named).all()
    names = {row.id: row.name for row in connection.execute(sa.select(networks.c.id, networks.c.name))} if rows else {}
    for network_id, group in itertools.groupby(rows, key=lambda row: row.network_id):
        of_network = list(group)
        taken = {row.alias for row in of_network}
        for number, row in enumerate(of_network, start=1):
            name = _free_name(row.alias, taken)
            taken.add(name)
            _publish(connection, row, number, name)
            _tell(names[network_id], row.alias, name)
        count = sa.update(networks).where(networks.c.id == network_id).values(version_count=len(of_network))
        connection.execute(count)


def _tell(network: str, before: str, now: str) -> None:
    """Say what the one who upgrades should know."""
    if now != before:
        logger.warning(
            "The alias %s of network %s is called %s now: digits are numbers of versions.", before, network, now
        )
    if now in LIVE:
        logger.warning(
            "Network %s now answers from its alias %s by default, not from its newest weights.", network, now
        )


def _free_name(alias: str, taken: set[str]) -> str:
    return alias if not alias.isdigit() else next(name for name in _names(alias) if name not in taken)


def _names(alias: str) -> Iterator[str]:
    yield f"alias-{alias}"
    yield from (f"alias-{alias}-{number}" for number in itertools.count(2))


def _publish(connection: sa.Connection, row: sa.Row[Any], number: int, name: str) -> None:
    version_id = f"ver_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"
    version = {"network_id": row.network_id, "number": number, "id": version_id, "snapshot_id": row.id}
    version |= {"note": "", "job_id": row.job_id, "created_at": time.time()}
    alias = {"owner_id": row.network_id, "name": name, "network_id": row.network_id, "version": number, "move": 1}
    moved = {"owner_id": row.network_id, "alias": name, "number": 1, "action": "move", "network_id": row.network_id}
    moved |= {"version": number, "note": NOTE, "created_at": time.time()}
    for table, values in ((versions, version), (aliases, alias), (alias_moves, moved)):
        connection.execute(sa.insert(table).values(values))


def _restore_aliases(connection: sa.Connection) -> None:
    """A snapshot has room for one alias: the first by name."""
    pointing = (versions.c.network_id == aliases.c.network_id) & (versions.c.number == aliases.c.version)
    named = sa.select(versions.c.snapshot_id, sa.func.min(aliases.c.name).label("name"))
    named = named.select_from(aliases.join(versions, pointing)).where(aliases.c.owner_id == aliases.c.network_id)
    for snapshot_id, name in connection.execute(named.group_by(versions.c.snapshot_id)).all():
        connection.execute(sa.update(snapshots).where(snapshots.c.id == snapshot_id).values(alias=name))
