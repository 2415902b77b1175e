"""Models: names of services, whose aliases point at versions of any network."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "models",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_by_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.UniqueConstraint("name", name="uq_models_name"),
    )


def downgrade() -> None:
    for table, owner in (("aliases", "owner_id"), ("alias_moves", "owner_id")):
        of_models = sa.table(table, sa.column(owner))
        op.execute(
            sa.delete(of_models).where(of_models.c[owner].in_(sa.select(sa.table("models", sa.column("id")).c.id)))
        )
    op.drop_table("models")
