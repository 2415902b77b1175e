"""Searches for the best network and training."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import AsyncIterator, Mapping, Sequence
from time import monotonic
from typing import Any, Self

from feedforward_client._async.transport import AsyncTransport
from feedforward_client.errors import JobFailed
from feedforward_client.records import Record, SearchRecord
from feedforward_client.requests import Request, given, path

POLL_SECONDS = 0.5


class AsyncSearch(SearchRecord):
    def __init__(self, transport: AsyncTransport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    async def refresh(self) -> Self:
        """Read the search again."""
        self._fields = await self._transport.json(Request("GET", path("searches", self.id)))
        return self

    async def wait(self, *, timeout: float | None = None, check: bool = True) -> Self:
        """Wait until the search has ended. Raises JobFailed unless it succeeded (`check=False`: never), and
        TimeoutError after `timeout` seconds; the search then goes on."""
        deadline = None if timeout is None else monotonic() + timeout
        while not (await self.refresh()).has_ended:
            if deadline is not None and monotonic() >= deadline:
                raise TimeoutError(f"{self.id} is {self.status} after {timeout} s; it goes on")
            await sleep(POLL_SECONDS)
        if check and self.status != "succeeded":
            raise JobFailed(self)
        return self

    async def trials(self) -> AsyncIterator[Record]:
        """In order."""
        async for fields in self._transport.pages(path("searches", self.id, "trials"), {}):
            yield Record(fields)

    async def importances(self) -> Record:
        """How much each parameter decided which trials are among the best; the service needs Optuna for it."""
        return Record(await self._transport.json(Request("GET", path("searches", self.id, "importances"))))

    async def publish(
        self,
        network: str,
        *,
        trial: int | None = None,
        alias: str | None = None,
        model: str | None = None,
        note: str | None = None,
    ) -> Record:
        """Make the best trial live as a network of this name, or the one of this number. One of folds or repeats is
        trained once first: `job` names who does, and calling this again after its end publishes it."""
        body = {"network": network, **given(trial=trial, alias=alias, model=model, note=note)}
        request = Request("POST", path("searches", self.id, "publish"), body=body, creates=True)
        return Record(await self._transport.json(request))

    async def add(self, *, points: Sequence[Mapping[str, Any]] = (), count: int | None = None) -> Self:
        """Add trials of your own, or a number of further ones, also after the end."""
        body = given(points=list(points) or None, count=count)
        request = Request("POST", path("searches", self.id, "trials"), body=body, creates=True)
        self._fields = await self._transport.json(request)
        return self

    async def cancel(self) -> Self:
        return await self._ask("cancel")

    async def pause(self) -> Self:
        return await self._ask("pause")

    async def resume(self) -> Self:
        return await self._ask("resume")

    async def delete(self, *, keep_jobs: bool = False) -> None:
        """Delete the ended search with its trials and those of their networks that have no name of their own, or keep
        these and their jobs."""
        query = {"keep_jobs": "true"} if keep_jobs else {}
        await self._transport.send(Request("DELETE", path("searches", self.id), query=query))

    async def _ask(self, state: str) -> Self:
        self._fields = await self._transport.json(Request("POST", path("searches", self.id, state)))
        return self


class AsyncSearches:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, **body: Any) -> AsyncSearch:
        """`network`, `training`, `parameters`, and optionally name, objective, sampler, pruner, limits, points, folds,
        repeats and warm_start, as the API takes them: see docs/searches.md."""
        request = Request("POST", "/searches", body=body, creates=True)
        return AsyncSearch(self._transport, await self._transport.json(request))

    async def get(self, search: str) -> AsyncSearch:
        """By id or name."""
        return AsyncSearch(self._transport, await self._transport.json(Request("GET", path("searches", search))))

    async def list(self) -> AsyncIterator[AsyncSearch]:
        """Newest first."""
        async for fields in self._transport.pages("/searches", {}):
            yield AsyncSearch(self._transport, fields)
