"""Who made jobs, networks and data sets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("jobs", "networks"):
        op.add_column(table, sa.Column("created_by", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("created_by_key", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # Before the large columns, behind which SQLite would read through all of them.
        with op.batch_alter_table("datasets", recreate="always") as datasets:
            datasets.add_column(sa.Column("created_by", sa.Text(), nullable=True), insert_before="profiles")
            datasets.add_column(sa.Column("created_by_key", sa.Text(), nullable=True), insert_before="profiles")
    else:
        op.add_column("datasets", sa.Column("created_by", sa.Text(), nullable=True))
        op.add_column("datasets", sa.Column("created_by_key", sa.Text(), nullable=True))
    op.create_index("ix_jobs_created_by_id", "jobs", ["created_by", "id"])
    op.create_index("ix_jobs_created_by_key_id", "jobs", ["created_by_key", "id"])


def downgrade() -> None:
    op.drop_index("ix_jobs_created_by_key_id", "jobs")
    op.drop_index("ix_jobs_created_by_id", "jobs")
    for table in ("datasets", "networks", "jobs"):
        op.drop_column(table, "created_by_key")
        op.drop_column(table, "created_by")
