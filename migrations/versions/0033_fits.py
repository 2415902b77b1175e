"""The numbers of each run that trains side by side with others in one job, such as the members of an ensemble."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("epochs", sa.Column("fits", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("epochs", "fits")
