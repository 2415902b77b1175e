"""How far a job runs on and how fast, and what was changed in its options."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("pause_at", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("epochs_per_second", sa.Double(), nullable=True))
    op.add_column("jobs", sa.Column("changes", sa.JSON(), nullable=True))


def downgrade() -> None:
    for name in ("changes", "epochs_per_second", "pause_at"):
        op.drop_column("jobs", name)
