"""How Alembic reaches a database: over the connection it is handed, or, on the command line, by ``-x url=…``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from service.storage.sql.engine import WRITES, make_engine
from service.storage.sql.tables.all_tables import metadata


def run(connection: sa.Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def run_on_url(url: str) -> None:
    engine = make_engine(url, foreign_keys=False).execution_options(**{WRITES: True})
    with engine.begin() as connection:
        run(connection)


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    run_on_url(context.get_x_argument(as_dictionary=True)["url"])
