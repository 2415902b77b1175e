"""Models: names that clients ask, whatever network answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from feedforward_client._async.transport import AsyncTransport
from feedforward_client.records import Record
from feedforward_client.requests import Request, given, path


class AsyncModels:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get(self, model: str) -> Record:
        return Record(await self._transport.json(Request("GET", path("models", model))))

    async def list(self) -> AsyncIterator[Record]:
        async for fields in self._transport.pages("/models", {}):
            yield Record(fields)

    async def aliases(self, model: str) -> AsyncIterator[Record]:
        async for fields in self._transport.pages(path("models", model, "aliases"), {}):
            yield Record(fields)

    async def alias(self, model: str, alias: str = "production") -> Record:
        """The network and version that an alias points at."""
        return Record(await self._transport.json(Request("GET", path("models", model, "aliases", alias))))

    async def moves(self, model: str, alias: str = "production") -> AsyncIterator[Record]:
        """Every move of an alias, newest first."""
        async for fields in self._transport.pages(path("models", model, "aliases", alias, "moves"), {}):
            yield Record(fields)

    async def remove_alias(self, model: str, alias: str) -> None:
        await self._transport.send(Request("DELETE", path("models", model, "aliases", alias)))

    async def promote(
        self, model: str, network: str, version: int, alias: str = "production", note: str | None = None
    ) -> Record:
        """Point an alias of the model at a version of a network; makes the model if there is none."""
        body: dict[str, Any] = {"network": network, "version": version, **given(note=note)}
        return Record(await self._transport.json(Request("PUT", path("models", model, "aliases", alias), body=body)))

    async def roll_back(self, model: str, alias: str = "production") -> Record:
        request = Request("POST", path("models", model, "aliases", alias, "rollback"), creates=True)
        return Record(await self._transport.json(request))

    async def delete(self, model: str) -> None:
        await self._transport.send(Request("DELETE", path("models", model)))
