"""What a trial is worth has a spread, over its folds and repeats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trials") as batch:
        batch.add_column(sa.Column("spread", sa.Double()))


def downgrade() -> None:
    with op.batch_alter_table("trials") as batch:
        batch.drop_column("spread")
