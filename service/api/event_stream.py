"""Server-Sent Events of some jobs: every event and every epoch exactly once, however often the client comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.api.history_rows import USUAL_FIELDS, row
from service.api.json_provider import encode
from service.api.times import rfc3339
from service.domain.records import Event
from service.errors import NotFound, StorageUnavailable
from service.operations.backend import Backend
from service.operations.events import Cursor, News, news_of
from service.operations.jobs import Progress

MEDIA_TYPE = "text/event-stream"
#: A stream ends after so long, for threads are few and a proxy may have left; the client comes back by itself.
LIFE_SECONDS = 60.0
RETRY_MILLISECONDS = 1000
#: A comment this often keeps proxies from closing a silent stream.
KEEP_ALIVE_SECONDS = 15.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 1.0
#: A run's last epochs are told before these.
STOPS = frozenset({"paused", "ended"})

Cursors = Mapping[str, Cursor]


def write_id(cursors: Cursors) -> str:
    """``17.340`` for one job, ``17.340,3.20`` for several: event and epoch of each, in the order of the request."""
    return ",".join(f"{cursor.event}.{cursor.epoch}" for cursor in cursors.values())


def stream(backend: Backend, cursors: Cursors, closing: threading.Event) -> Iterator[bytes]:
    """Between two looks at the storage nothing is held but this thread."""
    at, pause = dict(cursors), SHORTEST_PAUSE
    now = time.monotonic()
    ends_at, speaks_at = now + LIFE_SECONDS, now + KEEP_ALIVE_SECONDS
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    while not closing.is_set() and time.monotonic() < ends_at:
        try:
            news = {job_id: news_of(backend, job_id, cursor) for job_id, cursor in at.items()}
        except NotFound:  # Deleted meanwhile; the client, coming back, is told so.
            return
        except StorageUnavailable:
            news = {}
        for job_id, latest in news.items():
            yield from _messages(job_id, latest, at)
        if news and all(latest.is_last for latest in news.values()):
            yield message("end", write_id(at), {job_id: latest.progress.job.status for job_id, latest in news.items()})
            return
        now = time.monotonic()
        if any(news.values()):
            pause, speaks_at = SHORTEST_PAUSE, now + KEEP_ALIVE_SECONDS
        elif now >= speaks_at:
            speaks_at = now + KEEP_ALIVE_SECONDS
            yield b": keep-alive\n\n"
        closing.wait(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _messages(job_id: str, news: News, at: dict[str, Cursor]) -> Iterator[bytes]:
    """Write what is new of one job, moving its cursor along: a message's id says what has been read with it."""
    progress = progress_json(news.progress)

    def write_events(events: Iterable[Event]) -> Iterator[bytes]:
        for event in events:
            at[job_id] = Cursor(event.seq, at[job_id].epoch)
            yield message(event.kind, write_id(at), {**event_json(event), "progress": progress})

    before, after = parted(news.events)
    yield from write_events(before)
    if news.epochs:
        at[job_id] = Cursor(at[job_id].event, news.epochs[-1].epoch)
        rows = [row(epoch, USUAL_FIELDS) for epoch in news.epochs]
        yield message("epochs", write_id(at), {"job": job_id, "epochs": rows, "progress": progress})
    yield from write_events(after)


def parted(events: Sequence[Event]) -> tuple[Sequence[Event], Sequence[Event]]:
    """Those to be told before the new epochs, and those after: a run begins before its epochs and stops after them."""
    first = next((index for index, event in enumerate(events) if event.kind in STOPS), len(events))
    return events[:first], events[first:]


def message(kind: str, cursor: str, data: Any) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (cursor.encode(), kind.encode(), encode(data))


def event_json(event: Event) -> dict[str, Any]:
    return {
        "job": event.job_id,
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
        "progress": progress.fraction,
        "eta_seconds": progress.eta_seconds,
        "queue_position": progress.queue_position,
        "best_epoch": job.best_epoch,
        "best_value": job.best_value,
        "seconds": job.seconds,
    }
