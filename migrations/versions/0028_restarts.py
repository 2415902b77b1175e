"""Which job another one started again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("restart_of", sa.Text(), nullable=True))
    op.create_index("ix_jobs_restart_of_id", "jobs", ["restart_of", "id"])


def downgrade() -> None:
    op.drop_index("ix_jobs_restart_of_id", "jobs")
    op.drop_column("jobs", "restart_of")
