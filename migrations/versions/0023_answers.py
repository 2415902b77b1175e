"""Answers that are kept, with what they turned out to be, and the distributions of training rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("networks", sa.Column("answer_log", sa.JSON(), nullable=True))
    op.create_table(
        "snapshot_references",
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name="fk_snapshot_references_snapshot_id_snapshots", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name="pk_snapshot_references"),
    )
    op.create_table(
        "answer_logs",
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_answer_logs_network_id_networks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", name="pk_answer_logs"),
    )
    op.create_table(
        "answers",
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=True),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("actual", sa.Text(), nullable=True),
        sa.Column("actual_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_answers_network_id_networks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "number", name="pk_answers"),
        sa.UniqueConstraint("id", "row", name="uq_answers_id_row"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("answers")
    op.drop_table("answer_logs")
    op.drop_table("snapshot_references")
    op.drop_column("networks", "answer_log")
