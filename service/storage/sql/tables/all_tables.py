"""The tables, as SQLAlchemy knows them. Alembic makes them; a test holds the two equal."""

from __future__ import annotations

from service.storage.sql.tables import (
    access,
    datasets,
    deliveries,
    history,
    jobs,
    monitoring,
    networks,
    schedules,
    searches,
    totals,
    weights,
)
from service.storage.sql.tables.columns import metadata

#: To import a module is to register its tables.
MODULES = (access, datasets, deliveries, history, jobs, monitoring, networks, schedules, searches, totals, weights)

__all__ = ["MODULES", "metadata"]
