"""What a cross-validation measured in its folds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("folds", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "folds")
