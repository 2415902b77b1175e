"""Which weights the members of an ensemble got, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("average", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "average")
