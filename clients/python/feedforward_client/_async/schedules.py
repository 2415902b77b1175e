"""Schedules: trainings at set times."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from feedforward_client._async.jobs import AsyncJob
from feedforward_client._async.transport import AsyncTransport
from feedforward_client.records import Record
from feedforward_client.requests import Request, path


class AsyncSchedules:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, cron: str, train: Mapping[str, Any], **options: Any) -> Record:
        """`train` is the body of `POST /train`, with a data set by its name. Options: name, timezone, if_changed."""
        body = {"cron": cron, "train": train, **options}
        return Record(await self._transport.json(Request("POST", "/schedules", body=body, creates=True)))

    async def get(self, schedule: str) -> Record:
        """By id or name."""
        return Record(await self._transport.json(Request("GET", path("schedules", schedule))))

    async def list(self, **filters: Any) -> AsyncIterator[Record]:
        """Newest first. Filter: network."""
        async for fields in self._transport.pages("/schedules", filters):
            yield Record(fields)

    async def update(self, schedule: str, **changes: Any) -> Record:
        """Change name, cron, timezone or if_changed; `paused=True` pauses, `paused=False` resumes."""
        return Record(await self._transport.json(Request("PATCH", path("schedules", schedule), body=changes)))

    async def run(self, schedule: str) -> AsyncJob:
        """Submit its training now."""
        request = Request("POST", path("schedules", schedule, "run"), creates=True)
        return AsyncJob(self._transport, await self._transport.json(request))

    async def delete(self, schedule: str) -> None:
        await self._transport.send(Request("DELETE", path("schedules", schedule)))
