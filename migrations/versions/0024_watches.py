"""Watches for drift, events of networks, and callbacks for these."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

networks = sa.table("networks", sa.column("id"), sa.column("event_count"), sa.column("answer_log", sa.JSON()))
CALLBACK = ("job_id", "url", "secret", "attempts", "due_at")
#: What settings from before mean.
ADDED = {"ks": None, "watch": None}


def upgrade() -> None:
    op.add_column("networks", sa.Column("event_count", sa.Integer(), nullable=True))
    op.execute(sa.update(networks).values(event_count=0))
    with op.batch_alter_table("networks") as batch:
        batch.alter_column("event_count", existing_type=sa.Integer(), nullable=False)
    _change_settings(lambda settings: {**settings, **ADDED})
    op.create_table(
        "network_events",
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_network_events_network_id_networks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "seq", name="pk_network_events"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "watches",
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Double(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("looks", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=True),
        sa.Column("last_status", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("drifted", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_watches_network_id_networks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", name="pk_watches"),
    )
    op.create_index("ix_watches_next_at", "watches", ["next_at"])
    _replace_callbacks(_callbacks_by_id, {"id": "job_id"})


def downgrade() -> None:
    op.execute("DELETE FROM callbacks WHERE job_id IS NULL")
    _replace_callbacks(_callbacks_by_job, {})
    op.drop_table("watches")
    op.drop_table("network_events")
    _change_settings(lambda settings: {name: value for name, value in settings.items() if name not in ADDED})
    op.drop_column("networks", "event_count")


def _change_settings(change) -> None:  # type: ignore[no-untyped-def]
    connection = op.get_bind()
    rows = connection.execute(sa.select(networks.c.id, networks.c.answer_log)).all()
    for network_id, settings in rows:
        if settings is not None:
            own = sa.update(networks).where(networks.c.id == network_id)
            connection.execute(own.values(answer_log=change(settings)))


def _replace_callbacks(create, added) -> None:  # type: ignore[no-untyped-def]
    """Another primary key needs another table."""
    op.drop_index("ix_callbacks_due_at", "callbacks")
    op.rename_table("callbacks", "callbacks_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE callbacks_before RENAME CONSTRAINT pk_callbacks TO pk_callbacks_before")
    create()
    columns = (*CALLBACK, *added)
    values = (*CALLBACK, *added.values())
    op.execute(f"INSERT INTO callbacks ({', '.join(columns)}) SELECT {', '.join(values)} FROM callbacks_before")
    op.drop_table("callbacks_before")
    op.create_index("ix_callbacks_due_at", "callbacks", ["due_at"])


def _callbacks_by_id() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("network_id", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_callbacks_job_id_jobs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["network_id", "seq"],
            ["network_events.network_id", "network_events.seq"],
            name="fk_callbacks_network_id_network_events",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_callbacks_job_id", "callbacks", ["job_id"])
    op.create_index("ix_callbacks_network_id_seq", "callbacks", ["network_id", "seq"])


def _callbacks_by_job() -> None:
    op.create_table(
        "callbacks",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name="pk_callbacks"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_callbacks_job_id_jobs", ondelete="CASCADE"),
    )
