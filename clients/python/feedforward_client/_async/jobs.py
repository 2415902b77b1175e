"""Jobs: trainings, and predictions of whole data sets."""

from __future__ import annotations

import json
from asyncio import sleep
from collections.abc import AsyncIterator, Mapping
from time import monotonic
from typing import Any, Self

from feedforward_client._async.transport import AsyncTransport
from feedforward_client.errors import ConnectionFailed, JobFailed
from feedforward_client.frames import Frame, FrameReader
from feedforward_client.history import History
from feedforward_client.progress import Progress, new_progress
from feedforward_client.records import JobRecord, Record
from feedforward_client.requests import Request, given, path
from feedforward_client.sse import Event, EventParser

FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.02, 0.5
SHOWN_POINTS = 120
RECONNECT_SECONDS, RECONNECTS = 1.0, 10


class AsyncJob(JobRecord):
    def __init__(self, transport: AsyncTransport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    async def refresh(self) -> Self:
        """Read the job again."""
        self._fields = await self._transport.json(Request("GET", path("jobs", self.id)))
        return self

    async def wait(
        self, *, progress: bool | Progress = False, timeout: float | None = None, check: bool = True
    ) -> Self:
        """Wait until the job has ended; `progress` shows epoch, losses and the time left, in a terminal or a notebook.

        Raises JobFailed unless it succeeded (`check=False`: never), and TimeoutError after `timeout` seconds; the job
        then goes on.
        """
        shown = new_progress() if progress is True else progress or None
        deadline = None if timeout is None else monotonic() + timeout
        pause = FIRST_POLL_SECONDS
        while True:
            await self.refresh()
            if shown is not None:
                shown.show(self, await self.history(max_points=SHOWN_POINTS))
            if self.has_ended:
                break
            if deadline is not None and monotonic() >= deadline:
                raise TimeoutError(f"{self.id} is {self.status} after {timeout} s, at epoch {self.epoch}; it goes on")
            await sleep(pause)
            pause = min(LONGEST_POLL_SECONDS, 1.5 * pause)
        if check and self.status != "succeeded":
            raise JobFailed(self)
        return self

    async def cancel(self) -> Self:
        return await self._ask("cancel")

    async def pause(self) -> Self:
        return await self._ask("pause")

    async def resume(self, *, until_epoch: int | None = None, **changes: Any) -> Self:
        """Go on, to the end or until an epoch. Changes: epochs_per_second, and options, which a paused job takes."""
        return await self._ask("resume", {**given(until_epoch=until_epoch), **changes})

    async def pace(self, epochs_per_second: float | None) -> Self:
        """Train this fast at most, also while it runs; None: as fast as possible."""
        return await self._ask("resume", {"epochs_per_second": epochs_per_second})

    async def restart(self, **changes: Any) -> Self:
        """Train again from the network's first weights, in a new job. Changes: options, pause_at, epochs_per_second."""
        request = Request("POST", path("jobs", self.id, "restart"), body=changes, creates=True)
        return type(self)(self._transport, await self._transport.json(request))

    async def update(self, **changes: Any) -> Self:
        """Change name, note or tags."""
        self._fields = await self._transport.json(Request("PATCH", path("jobs", self.id), body=changes))
        return self

    async def delete(self) -> None:
        """Delete the ended job with its history and its snapshots that nothing holds."""
        await self._transport.send(Request("DELETE", path("jobs", self.id)))

    async def history(self, **query: Any) -> History:
        """The loss and metrics of every epoch. Query: from_epoch, to_epoch, every, max_points."""
        return await read_history(self._transport, path("jobs", self.id, "history"), query)

    async def events(self, *, after: str = "") -> AsyncIterator[Event]:
        """What happens to the job, as it happens, until it has ended. `after`: the id of the last event seen."""
        request = Request("GET", path("jobs", self.id, "events"))
        async for event in stream_events(self._transport, request, after):
            yield event

    async def frames(self, *, after: str = "") -> AsyncIterator[Frame]:
        """The weights of a small network while it trains, until it has ended; the last frame is `final`."""
        reader, request = FrameReader(), Request("GET", path("jobs", self.id, "frames"))
        async for event in stream_events(self._transport, request, after):
            frame = reader.take(event)
            if frame is not None:
                yield frame

    async def rows(self, *, limit: int | None = None) -> Record:
        """Rows of the job as its network sees them, after preprocessing."""
        return Record(await self._transport.json(Request("GET", path("jobs", self.id, "rows"), given(limit=limit))))

    async def evaluate(self, **body: Any) -> Record:
        """What the training ended with, on its test or validation rows; `rows` names another part of them."""
        request = Request("POST", "/evaluate", body={"job": self.id, **body}, reads=True)
        return Record(await self._transport.json(request))

    async def _ask(self, what: str, changes: Mapping[str, Any] | None = None) -> Self:
        request = Request("POST", path("jobs", self.id, what), body=changes or None)
        self._fields = await self._transport.json(request)
        return self


class AsyncJobs:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get(self, job: str) -> AsyncJob:
        return AsyncJob(self._transport, await self._transport.json(Request("GET", path("jobs", job))))

    async def list(self, **filters: Any) -> AsyncIterator[AsyncJob]:
        """Newest first, without importance and findings. Filters: network, status, kind, created_by, search, sort, …"""
        async for fields in self._transport.pages("/jobs", filters):
            yield AsyncJob(self._transport, fields)

    async def summary(self, **filters: Any) -> Record:
        """How many jobs there are by status; filters as of `list`."""
        return Record(await self._transport.json(Request("GET", "/jobs/summary", filters)))

    async def compare(self, *jobs: str, **query: Any) -> Record:
        """The histories of several jobs side by side. Query as of `Job.history`."""
        return Record(await self._transport.json(Request("GET", "/history", {"jobs": ",".join(jobs), **query})))


async def read_history(transport: AsyncTransport, address: str, query: Mapping[str, Any]) -> History:
    request = Request("GET", address, {**query, "format": "ndjson"}, headers={"Accept": "*/*"})
    answer = await transport.send(request)
    return History(json.loads(line) for line in answer.text.splitlines() if line)


async def stream_events(transport: AsyncTransport, request: Request, after: str) -> AsyncIterator[Event]:
    """Connects again after the last event if the stream breaks off, ten times in a row at most."""
    parser, failures = EventParser(after), 0
    while not parser.has_ended:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": parser.last_id} if parser.last_id else {})}
        stream = transport.lines(Request(request.method, request.path, request.query, headers=headers))
        try:
            is_empty = True
            async for line in stream:
                is_empty, failures = False, 0
                event = parser.take(line)
                if event is not None:
                    yield event
            if is_empty:
                return  # 204: everything after that id has been seen, and the job has ended.
        except ConnectionFailed:
            failures += 1
            if failures > RECONNECTS:
                raise
        if not parser.has_ended:
            await sleep(RECONNECT_SECONDS)
