"""Further names of data sets, the files they were read from, and what looked doubtful about a network."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("networks", sa.Column("warnings", sa.JSON(), nullable=True))
    op.create_table(
        "dataset_names",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_dataset_names"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_dataset_names_dataset_id_datasets", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_dataset_names_dataset_id", "dataset_names", ["dataset_id"])
    op.create_table(
        "dataset_files",
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "number", name="pk_dataset_files"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_dataset_files_dataset_id_datasets", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("dataset_files")
    op.drop_table("dataset_names")
    op.drop_column("networks", "warnings")
