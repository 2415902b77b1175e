"""What validation rows say of the weights of a snapshot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("snapshots", sa.Column("calibration", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("snapshots", "calibration")
