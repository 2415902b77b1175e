"""Tags of networks in a table of their own, by which networks are found."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

networks = sa.table("networks", sa.column("id"), sa.column("tags"))
network_tags = sa.table("network_tags", *map(sa.column, ("network_id", "key", "value")))


def upgrade() -> None:
    op.create_table(
        "network_tags",
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("network_id", "key", name="pk_network_tags"),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name="fk_network_tags_network_id_networks", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_network_tags_key_value_network_id", "network_tags", ["key", "value", "network_id"])
    connection = op.get_bind()
    for row in connection.execute(sa.select(networks.c.id, sa.cast(networks.c.tags, sa.Text).label("tags"))).all():
        found = [
            {"network_id": row.id, "key": _plain(key), "value": text} for key, text in json.loads(row.tags).items()
        ]
        if found:
            connection.execute(sa.insert(network_tags), found)


def downgrade() -> None:
    op.drop_table("network_tags")


def _plain(key: str) -> str:
    """A key like `$float` is stored with one more $."""
    return key[1:] if key.startswith("$$") and key.lstrip("$") == "float" else key
