"""Attempts at a report count from their beginning, so that those that are killed have an end, too."""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reports") as batch:
        batch.alter_column("failures", new_column_name="attempts")


def downgrade() -> None:
    with op.batch_alter_table("reports") as batch:
        batch.alter_column("attempts", new_column_name="failures")
