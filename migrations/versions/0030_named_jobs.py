"""What people call their jobs, what they note about them, and their tags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("title", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("tags", sa.JSON(), nullable=True))


def downgrade() -> None:
    for name in ("tags", "note", "title"):
        op.drop_column("jobs", name)
