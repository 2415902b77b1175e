"""A network in use: its log of answers, what became of them, and drift."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from feedforward_client._async.transport import AsyncTransport
from feedforward_client.records import Record
from feedforward_client.requests import Request, path


class AsyncMonitoring:
    """Switch the log on by `network.update(answer_log={})`, see docs/monitoring.md."""

    def __init__(self, transport: AsyncTransport, network: str) -> None:
        self._transport = transport
        self._network = network

    async def metrics(self, **query: Any) -> Record:
        """How good the answers were, by window, from feedback. Query: since, window, every."""
        return await self._get("monitoring", query)

    async def drift(self, **query: Any) -> Record:
        """Which columns have drifted from the training rows. Query: since, window, snapshot."""
        return await self._get("drift", query)

    async def answers(self, **filters: Any) -> AsyncIterator[Record]:
        """Logged answers, newest first. Filters: from, to, snapshot."""
        async for fields in self._transport.pages(path("networks", self._network, "answers"), filters):
            yield Record(fields)

    async def delete_answers(self) -> None:
        """Empty the log."""
        await self._transport.send(Request("DELETE", path("networks", self._network, "answers")))

    async def _get(self, what: str, query: dict[str, Any]) -> Record:
        return Record(await self._transport.json(Request("GET", path("networks", self._network, what), query)))
