"""How many bytes are stored, without reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

jobs = sa.table("jobs", sa.column("id"), sa.column("data_bytes"))
job_data = sa.table("job_data", sa.column("job_id"), sa.column("data"))


def upgrade() -> None:
    op.add_column("jobs", sa.Column("data_bytes", sa.BigInteger(), nullable=True))
    length = sa.select(sa.func.length(job_data.c.data)).where(job_data.c.job_id == jobs.c.id).scalar_subquery()
    op.execute(sa.update(jobs).values(data_bytes=sa.func.coalesce(length, 0)))
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("data_bytes", existing_type=sa.BigInteger(), nullable=False)
    op.create_index("ix_jobs_data_bytes", "jobs", ["data_bytes"])
    op.create_index("ix_snapshots_size_bytes", "snapshots", ["size_bytes"])


def downgrade() -> None:
    op.drop_index("ix_snapshots_size_bytes", "snapshots")
    op.drop_index("ix_jobs_data_bytes", "jobs")
    op.drop_column("jobs", "data_bytes")
