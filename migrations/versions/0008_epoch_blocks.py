"""The extremes of every few hundred epochs, from which a long history is drawn without reading all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "epoch_blocks",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("low_rank", sa.Integer(), nullable=False),
        sa.Column("low_loss", sa.Double(), nullable=True),
        sa.Column("low_epoch", sa.BigInteger(), nullable=False),
        sa.Column("high_rank", sa.Integer(), nullable=False),
        sa.Column("high_loss", sa.Double(), nullable=True),
        sa.Column("high_epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "block", name="pk_epoch_blocks"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_epoch_blocks_job_id_jobs", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("epoch_blocks")
