"""Revisions of data sets: a name may have several, numbered from 1."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Before the large columns, behind which SQLite would read through all of them.
        with op.batch_alter_table("datasets", recreate="always") as datasets:
            datasets.add_column(
                sa.Column("revision", sa.Integer(), nullable=False, server_default="1"), insert_before="profiles"
            )
            datasets.drop_constraint("uq_datasets_name", type_="unique")
            datasets.create_unique_constraint("uq_datasets_name_revision", ["name", "revision"])
        with op.batch_alter_table("datasets") as datasets:
            datasets.alter_column("revision", server_default=None)
    else:
        op.add_column("datasets", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        op.alter_column("datasets", "revision", server_default=None)
        op.drop_constraint("uq_datasets_name", "datasets", type_="unique")
        op.create_unique_constraint("uq_datasets_name_revision", "datasets", ["name", "revision"])
    op.create_table(
        "dataset_revisions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_dataset_revisions"),
    )


def downgrade() -> None:
    op.drop_table("dataset_revisions")
    # Names must differ again: a revision that is not the first of its name keeps its number in it.
    op.execute(
        "UPDATE datasets SET name = name || '@' || revision WHERE EXISTS"
        " (SELECT 1 FROM datasets AS other WHERE other.name = datasets.name AND other.revision < datasets.revision)"
    )
    with op.batch_alter_table("datasets") as datasets:
        datasets.drop_constraint("uq_datasets_name_revision", type_="unique")
        datasets.create_unique_constraint("uq_datasets_name", ["name"])
        datasets.drop_column("revision")
