"""Jobs that predict, and the data sets that they write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("rows_done", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("output", sa.Text(), nullable=True))
    op.execute("UPDATE jobs SET kind = 'training', rows_done = 0")
    with op.batch_alter_table("jobs") as jobs:
        jobs.alter_column("kind", nullable=False)
        jobs.alter_column("rows_done", nullable=False)
    op.create_index("ix_jobs_output", "jobs", ["output"])
    if op.get_bind().dialect.name == "sqlite":
        # Before the large columns, behind which SQLite would read through all of them.
        with op.batch_alter_table("datasets", recreate="always") as datasets:
            datasets.add_column(sa.Column("origin", sa.JSON(), nullable=True), insert_before="profiles")
    else:
        op.add_column("datasets", sa.Column("origin", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("datasets", "origin")
    op.drop_index("ix_jobs_output", "jobs")
    for column in ("output", "rows_done", "kind"):
        op.drop_column("jobs", column)
