"""Server-Sent Events of a training's weights."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from service.api.history.rows import row
from service.api.jobs.event_stream import (
    KEEP_ALIVE_SECONDS,
    LIFE_SECONDS,
    MAX_BYTES,
    RETRY_MILLISECONDS,
    SOON_MILLISECONDS,
    message,
    progress_json,
    retry_after,
)
from service.domain.frames import Frame
from service.domain.status import HELD
from service.errors import NotFound, StorageUnavailable
from service.operations.backend import Backend
from service.operations.jobs.frames import WATCH_SECONDS, FrameBatch, FrameLayout, frames_after
from service.operations.jobs.jobs import Progress

END_ID = "end"
#: Between two looks, while the job trains and while it does not.
PAUSE, LONGER_PAUSE = 0.1, 0.2
FIELDS = ("loss", "val_loss", "learning_rate", "gradient_norm", "metrics")


def stream(
    backend: Backend, layout: FrameLayout, epoch: int, closing: threading.Event, may_go_on: Callable[[], bool]
) -> Iterator[bytes]:
    """Frames of epochs after `epoch`. The job sends them for as long as its watch is renewed here."""
    yield retry_after(RETRY_MILLISECONDS)
    yield message("layout", str(epoch), layout_json(layout))
    reader = _Reader(layout, epoch)
    ends_at, renew_at, sent_bytes = time.monotonic() + LIFE_SECONDS, 0.0, 0
    while not closing.is_set() and time.monotonic() < ends_at and may_go_on():
        try:
            if time.monotonic() >= renew_at:
                backend.storage.watch_job(layout.job_id, seconds=WATCH_SECONDS)
                renew_at = time.monotonic() + WATCH_SECONDS / 3
            batch = frames_after(backend, layout, reader.epoch)
        except NotFound:  # Deleted meanwhile; the client gets a 404 when it reconnects.
            return
        except StorageUnavailable:
            closing.wait(LONGER_PAUSE)
            continue
        for piece in reader.messages(batch):
            yield piece
            sent_bytes += len(piece)
        if batch.is_last:
            return
        if sent_bytes >= MAX_BYTES:
            yield retry_after(SOON_MILLISECONDS)
            return
        closing.wait(PAUSE if batch.progress.job.status in HELD else LONGER_PAUSE)


class _Reader:
    """What a client has been told."""

    def __init__(self, layout: FrameLayout, epoch: int) -> None:
        self._layout = layout
        self.epoch = epoch
        self._state: Any = None
        self._speaks_at = time.monotonic() + KEEP_ALIVE_SECONDS

    def messages(self, batch: FrameBatch) -> Iterator[bytes]:
        for frame in batch.frames:
            self.epoch = frame.epoch
            yield self._message("frame", self._frame(frame))
        if (state := _state(batch.progress)) != self._state:
            self._state = state
            yield self._message("progress", {"job": batch.progress.job.id, **progress_json(batch.progress)})
        if batch.final is not None:
            yield self._message("frame", {**self._frame(batch.final), "final": True})
        if batch.is_last:
            yield message("end", END_ID, {batch.progress.job.id: batch.progress.job.status})
        elif time.monotonic() >= self._speaks_at:
            self._speaks_at = time.monotonic() + KEEP_ALIVE_SECONDS
            yield b": keep-alive\n\n"

    def _frame(self, frame: Frame) -> dict[str, Any]:
        """The numbers of an epoch are null before the first one."""
        numbers = dict.fromkeys(FIELDS) if frame.numbers is None else row(frame.numbers, FIELDS)
        weights = base64.b64encode(self._layout.written(frame.weights)).decode()
        return {**numbers, "job": self._layout.job_id, "epoch": frame.epoch, "final": False, "weights": weights}

    def _message(self, kind: str, data: Any) -> bytes:
        self._speaks_at = time.monotonic() + KEEP_ALIVE_SECONDS
        return message(kind, str(self.epoch), data)


def _state(progress: Progress) -> Any:
    job = progress.job
    return job.status, job.epochs, job.pause_at, job.epochs_per_second, progress.queue_position


def layout_json(layout: FrameLayout) -> dict[str, Any]:
    return {
        "job": layout.job_id,
        "dtype": "float32",
        "numbers": layout.numbers,
        "tensors": list(layout.tensors),
        "interval_seconds": layout.interval_seconds,
    }
