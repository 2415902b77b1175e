"""The part of the SQL storage that keeps watches, and the events of networks."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.monitoring import Look, NetworkEvent, Watch
from service.storage.sql import network_events, watches
from service.storage.sql.transaction import Transactions
from service.storage.watches import Watches


class SqlWatches(Watches):
    _transactions: Transactions

    def get_watch(self, network_id: str) -> Watch | None:
        with self._transactions.reading() as connection:
            return watches.get(connection, network_id)

    def due_watches(self, *, limit: int) -> Sequence[Watch]:
        with self._transactions.reading() as connection:
            return watches.due(connection, limit)

    def begin_look(self, watch: Watch, *, lease_seconds: float) -> Watch | None:
        with self._transactions.writing() as connection:
            return watches.begin(connection, watch, lease_seconds)

    def end_look(self, watch: Watch, look: Look) -> bool:
        with self._transactions.writing() as connection:
            return watches.end(connection, watch, look)

    def list_network_events(self, network_id: str, *, after: int = 0, limit: int = 100) -> Sequence[NetworkEvent]:
        with self._transactions.reading() as connection:
            return network_events.list_after(connection, network_id, after=after, limit=limit)
