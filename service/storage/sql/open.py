"""The way to a storage on an SQL database."""

from __future__ import annotations

from service.storage.sql.engine import make_engine
from service.storage.sql.storage import SqlStorage


def open_storage(url: str) -> SqlStorage:
    """Open the storage at ``sqlite:////path/to/file`` or ``postgresql://…``.

    Nothing is connected yet. `service.storage.migrate.upgrade` must have made the tables.
    """
    return SqlStorage(make_engine(url))
