"""Schedules: trainings at set times."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("train", sa.JSON(), nullable=False),
        sa.Column("if_changed", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.Column("next_at", sa.Double(), nullable=True),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=True),
        sa.Column("last_outcome", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_job_id", sa.Text(), nullable=True),
        sa.Column("last_datasets", sa.JSON(), nullable=True),
        sa.Column("networks", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_by_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("name", name="uq_schedules_name"),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_schedules_network_id_networks", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_schedules_network_id", "schedules", ["network_id"])
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])


def downgrade() -> None:
    op.drop_table("schedules")
