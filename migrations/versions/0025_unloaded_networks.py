"""Networks that the model repository of the Open Inference Protocol has unloaded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

networks = sa.table("networks", sa.column("unloaded"))


def upgrade() -> None:
    op.add_column("networks", sa.Column("unloaded", sa.Boolean(), nullable=True))
    op.execute(sa.update(networks).values(unloaded=sa.false()))
    with op.batch_alter_table("networks") as batch:
        batch.alter_column("unloaded", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    op.drop_column("networks", "unloaded")
