"""Explicit weights belong to a network's first snapshot alone, not to its spec too."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

networks = sa.table("networks", *map(sa.column, ("id", "spec", "explicit_weights")))
snapshots = sa.table("snapshots", *map(sa.column, ("network_id", "kind")))


def upgrade() -> None:
    op.add_column("networks", sa.Column("explicit_weights", sa.Boolean(), nullable=True))
    op.execute(sa.update(networks).values(explicit_weights=sa.false()))
    connection = op.get_bind()
    is_first = (snapshots.c.network_id == networks.c.id) & (snapshots.c.kind == "initial")
    # A spec whose first snapshot was deleted keeps the only copy.
    with_first = sa.select(networks.c.id).where(sa.exists().where(is_first))
    for network_id in connection.scalars(with_first).all():
        _strip(connection, network_id)
    with op.batch_alter_table("networks") as batch:
        batch.alter_column("explicit_weights", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    op.drop_column("networks", "explicit_weights")


def _strip(connection: sa.Connection, network_id: str) -> None:
    stored = connection.scalar(sa.select(sa.cast(networks.c.spec, sa.Text)).where(networks.c.id == network_id))
    spec = json.loads(stored or "{}")
    bare = {**spec, "layers": [_bare(layer) for layer in spec.get("layers", [])]}
    if bare == spec:
        return
    text = sa.bindparam("text", json.dumps(bare, separators=(",", ":")), sa.Text)
    values = {"spec": text if connection.dialect.name == "sqlite" else sa.cast(text, sa.JSON)}
    change = sa.update(networks).where(networks.c.id == network_id)
    connection.execute(change.values(explicit_weights=sa.true(), **values))


def _bare(layer: dict[str, Any]) -> dict[str, Any]:
    emptied: dict[str, Any] = {name: None for name in ("weights", "biases") if name in layer}
    bare = {**layer, **emptied}
    return {**bare, "layers": [_bare(inner) for inner in layer["layers"]]} if "layers" in layer else bare
