"""A network in use: its log of answers, what became of them, and drift."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedforward_client._sync.transport import Transport
from feedforward_client.records import Record
from feedforward_client.requests import Request, path


class Monitoring:
    """Switch the log on by `network.update(answer_log={})`, see docs/monitoring.md."""

    def __init__(self, transport: Transport, network: str) -> None:
        self._transport = transport
        self._network = network

    def metrics(self, **query: Any) -> Record:
        """How good the answers were, by window, from feedback. Query: since, window, every."""
        return self._get("monitoring", query)

    def drift(self, **query: Any) -> Record:
        """Which columns have drifted from the training rows. Query: since, window, snapshot."""
        return self._get("drift", query)

    def answers(self, **filters: Any) -> Iterator[Record]:
        """Logged answers, newest first. Filters: from, to, snapshot."""
        for fields in self._transport.pages(path("networks", self._network, "answers"), filters):
            yield Record(fields)

    def delete_answers(self) -> None:
        """Empty the log."""
        self._transport.send(Request("DELETE", path("networks", self._network, "answers")))

    def _get(self, what: str, query: dict[str, Any]) -> Record:
        return Record(self._transport.json(Request("GET", path("networks", self._network, what), query)))
