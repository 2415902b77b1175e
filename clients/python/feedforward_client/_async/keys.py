"""API keys, for admins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from feedforward_client._async.transport import AsyncTransport
from feedforward_client.records import Record
from feedforward_client.requests import Request, path


class AsyncKeys:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, name: str, scopes: Sequence[str], **options: Any) -> Record:
        """`["key"]` of the answer is shown only this once. Options: networks, expires_in_seconds, limits.

        It is not sent again if its answer is lost: that would make a second key.
        """
        body = {"name": name, "scopes": list(scopes), **options}
        return Record(await self._transport.json(Request("POST", "/keys", body=body)))

    async def get(self, key: str) -> Record:
        return Record(await self._transport.json(Request("GET", path("keys", key))))

    async def list(self) -> AsyncIterator[Record]:
        async for fields in self._transport.pages("/keys", {}):
            yield Record(fields)

    async def rotate(self, key: str, *, overlap_seconds: int = 0) -> Record:
        """A new key with the same rights. The old one stays valid for the overlap."""
        body = {"overlap_seconds": overlap_seconds}
        return Record(await self._transport.json(Request("POST", path("keys", key, "rotate"), body=body)))

    async def revoke(self, key: str, *, keep_made: bool = False) -> None:
        """Revokes what the key has made, too, unless `keep_made`."""
        await self._transport.send(Request("DELETE", path("keys", key), {"keep_made": keep_made}))

    async def audit(self, **filters: Any) -> AsyncIterator[Record]:
        """Who did what, newest first. Filters: key, action, object, from, to, status."""
        async for fields in self._transport.pages("/audit", filters):
            yield Record(fields)
