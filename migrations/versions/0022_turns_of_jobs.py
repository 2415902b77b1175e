"""The turns that creators take in the queue, and how many of their jobs run at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

jobs = sa.table("jobs", *map(sa.column, ("id", "status", "queued_at", "turn")))


def upgrade() -> None:
    op.add_column("jobs", sa.Column("running_limit", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("turn", sa.Integer(), nullable=True))
    # Who waits keeps the order: within one turn the oldest job goes first.
    op.execute(sa.update(jobs).values(turn=0))
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("turn", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_jobs_status_queued_at_id", "jobs")
    op.create_index("ix_jobs_status_queued_at", "jobs", ["status", "queued_at"])
    op.create_index("ix_jobs_status_turn_queued_at_id", "jobs", ["status", "turn", "queued_at", "id"])
    columns = ["status", "created_by_key", "created_by", "turn"]
    op.create_index("ix_jobs_status_created_by_key_created_by_turn", "jobs", columns)


def downgrade() -> None:
    op.drop_index("ix_jobs_status_created_by_key_created_by_turn", "jobs")
    op.drop_index("ix_jobs_status_turn_queued_at_id", "jobs")
    op.drop_index("ix_jobs_status_queued_at", "jobs")
    op.create_index("ix_jobs_status_queued_at_id", "jobs", ["status", "queued_at", "id"])
    op.drop_column("jobs", "turn")
    op.drop_column("jobs", "running_limit")
