"""Callbacks: what still has to be told to the addresses that jobs have named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    op.create_index("ix_callbacks_due_at", "callbacks", ["due_at"])


def downgrade() -> None:
    op.drop_table("callbacks")
