"""Server-Sent Events of jobs and networks: every event and every epoch exactly once, however often the client
reconnects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.api.history.rows import USUAL_FIELDS, row
from service.api.http.json_provider import encode
from service.domain.jobs import Event
from service.domain.monitoring import NetworkEvent
from service.domain.times import rfc3339
from service.errors import NotFound, StorageUnavailable
from service.operations.jobs.events import Cursor, EventBatch
from service.operations.jobs.jobs import Progress

MEDIA_TYPE = "text/event-stream"
#: A stream ends after this long: threads are few and a proxy may have gone. Clients reconnect by themselves.
LIFE_SECONDS = 60.0
RETRY_MILLISECONDS = 1000
#: A stream ends after so many bytes, too. The server keeps in memory what a stalled reader does not take, and cannot
#: say how much that is. A reader that has taken them comes back soon and continues.
MAX_BYTES = 2**20
SOON_MILLISECONDS = 50
#: A comment this often keeps proxies from closing a silent stream.
KEEP_ALIVE_SECONDS = 15.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 1.0
#: The id of the last message: a client that has read it need not reconnect.
END_ID = "end"
#: A run's last epochs are sent before these.
STOPS = frozenset({"paused", "ended"})

Cursors = Mapping[str, Cursor]
#: What is new behind a cursor, of one job or one network.
Source = Callable[[Cursor], EventBatch]


def write_id(cursors: Cursors) -> str:
    """``17.340`` for one job, ``17.340,3.20`` for several: the event and epoch of each, in request order; 0 is the
    epoch of a network."""
    return ",".join(f"{cursor.event}.{cursor.epoch}" for cursor in cursors.values())


class StreamTiming:
    """How long to wait between two polls: briefly while events arrive, longer and longer in silence."""

    def __init__(self) -> None:
        self.pause = SHORTEST_PAUSE
        self._speaks_at = time.monotonic() + KEEP_ALIVE_SECONDS

    def is_too_quiet(self, batch: Collection[EventBatch]) -> bool:
        """Record what a poll found, and return whether a keep-alive comment is due."""
        now, spoken = time.monotonic(), any(batch)
        too_quiet = not spoken and now >= self._speaks_at
        if spoken or too_quiet:
            self._speaks_at = now + KEEP_ALIVE_SECONDS
        self.pause = SHORTEST_PAUSE if spoken else min(self.pause * 1.5, LONGEST_PAUSE)
        return too_quiet


def stream(
    sources: Mapping[str, Source], cursors: Cursors, closing: threading.Event, may_go_on: Callable[[], bool]
) -> Iterator[bytes]:
    """What several jobs and networks report, by id.

    Between two polls of the storage, only this thread is held. The stream ends when its reader's key does.
    """
    at, timing, ends_at, sent_bytes = dict(cursors), StreamTiming(), time.monotonic() + LIFE_SECONDS, 0
    yield retry_after(RETRY_MILLISECONDS)
    while not closing.is_set() and time.monotonic() < ends_at and may_go_on():
        try:
            batch = {own_id: sources[own_id](cursor) for own_id, cursor in at.items()}
        except NotFound:  # Deleted meanwhile; the client gets a 404 when it reconnects.
            return
        except StorageUnavailable:
            batch = {}
        for own_id, latest in batch.items():
            for piece in _messages(own_id, latest, at):
                yield piece
                sent_bytes += len(piece)
                if sent_bytes >= MAX_BYTES:
                    yield retry_after(SOON_MILLISECONDS)
                    return
        if batch and all(latest.is_last for latest in batch.values()):
            yield message("end", END_ID, {own_id: _status(latest) for own_id, latest in batch.items()})
            return
        if timing.is_too_quiet(batch.values()):
            yield b": keep-alive\n\n"
        if not any(latest.has_more for latest in batch.values()):
            closing.wait(timing.pause)


def _messages(own_id: str, batch: EventBatch, at: dict[str, Cursor]) -> Iterator[bytes]:
    """Write what is new for one source and advance its cursor: a message's id says what has been read with it."""
    progress = {} if batch.progress is None else {"progress": progress_json(batch.progress)}

    def write_events(events: Iterable[Event | NetworkEvent]) -> Iterator[bytes]:
        for event in events:
            at[own_id] = Cursor(event.seq, at[own_id].epoch)
            yield message(event.kind, write_id(at), {**event_json(event), **progress})

    before, after = parted(batch.events)
    yield from write_events(before)
    if batch.epochs:
        at[own_id] = Cursor(at[own_id].event, batch.epochs[-1].epoch)
        rows = [row(epoch, USUAL_FIELDS) for epoch in batch.epochs]
        yield message("epochs", write_id(at), {"job": own_id, "epochs": rows, **progress})
    if not batch.has_more:
        yield from write_events(after)


def _status(batch: EventBatch) -> str | None:
    return None if batch.progress is None else batch.progress.job.status


def parted(
    events: Sequence[Event | NetworkEvent],
) -> tuple[Sequence[Event | NetworkEvent], Sequence[Event | NetworkEvent]]:
    """Events to send before the new epochs, and after: a run begins before its epochs and stops after them."""
    first = next((index for index, event in enumerate(events) if event.kind in STOPS), len(events))
    return events[:first], events[first:]


def retry_after(milliseconds: int) -> bytes:
    """Ask the reader to wait for so long before it opens the next stream."""
    return f"retry: {milliseconds}\n\n".encode()


def message(kind: str, cursor: str, data: Any) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (cursor.encode(), kind.encode(), encode(data))


def event_json(event: Event | NetworkEvent) -> dict[str, Any]:
    return {
        **({"job": event.job_id} if isinstance(event, Event) else {"network": event.network_name}),
        "seq": event.seq,
        "kind": event.kind,
        "data": event.data,
        "created_at": rfc3339(event.created_at),
    }


def progress_json(progress: Progress) -> dict[str, Any]:
    job = progress.job
    return {
        "status": job.status,
        "epoch": job.epoch,
        "epochs": job.epochs,
        "rows_done": job.rows_done,
        "progress": progress.fraction,
        "eta_seconds": progress.eta_seconds,
        "queue_position": progress.queue_position,
        "best_epoch": job.best_epoch,
        "best_value": job.best_value,
        "seconds": job.seconds,
    }
