"""Job ids carried by Huey: in an SQLite file on one machine, through Redis between several."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from huey import Huey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import RedisStorage, SqliteStorage

from service.queues.dispatcher import JOB_ID, Dispatcher, DispatchError

logger = logging.getLogger(__name__)

SQLITE = "sqlite:///"
HEALTH_CHECK_SECONDS = 10


class HueyDispatcher(Dispatcher):
    """`url` is `sqlite:///path/of/queue.db` or `redis://…`. Raises DispatchError where no such file can be made."""

    def __init__(self, url: str, *, queue: str = "feedforward") -> None:
        try:
            self._huey = Huey(queue, results=False, serializer=_JobIds(), **_storage_options(url))
        except Exception as error:
            raise DispatchError(f"The queue cannot be opened: {error}") from error
        self._task = self._huey.task(name=_JobIds.task)(self._take)
        self._stop = threading.Event()
        self._handle: Callable[[str], None] | None = None

    def send(self, job_id: str) -> None:
        try:
            self._task(job_id)
        except Exception as error:
            logger.warning("Job %s could not be put on the queue; the sweeper will send it again: %s", job_id, error)

    def depth(self) -> int:
        try:
            return int(self._huey.storage.queue_size())
        except Exception as error:
            raise DispatchError(f"The queue cannot be asked how many messages wait: {error}") from error

    def run_worker(self, slots: int, handle: Callable[[str], None], stop: threading.Event) -> None:
        self._handle, self._stop = handle, stop
        consumer = _Consumer(
            self._huey,
            workers=slots,
            periodic=False,
            # A job that runs epoch by epoch waits for this once per epoch.
            initial_delay=0.02,
            max_delay=0.05,
            scheduler_interval=60,
            check_worker_health=True,
        )
        consumer.start()
        while not stop.wait(HEALTH_CHECK_SECONDS):
            consumer.check_worker_health()
        consumer.stop(graceful=True)

    def close(self) -> None:
        self._huey.storage.close()
        if isinstance(self._huey.storage, RedisStorage):
            self._huey.storage.pool.disconnect()

    def _take(self, job_id: str) -> None:
        if self._handle is None or self._stop.is_set():
            self.send(job_id)
        else:
            self._handle(job_id)


class _JobIds(Serializer):  # type: ignore[misc]  # Huey has no types
    """Writes a message as the job's id and nothing else, so that a writer to the queue can only name a job.

    Huey's own way is pickle, by which a writer to the queue runs code in the worker.
    """

    task = "train"

    def _serialize(self, message: Message) -> bytes:
        (job_id,) = message.args
        return str(job_id).encode("ascii")

    def _deserialize(self, data: bytes) -> Message:
        job_id = bytes(data).decode("ascii", "replace")
        if not JOB_ID.fullmatch(job_id):
            raise ValueError("a message on the queue is not a job id, and is dropped")
        return Message(id=job_id, name=f"{__name__}.{self.task}", args=(job_id,), kwargs={})


class _Consumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """Huey's consumer, without its signal handlers: signals are the worker's."""

    def _set_signal_handlers(self) -> None:
        pass


class _QueueFile(SqliteStorage):  # type: ignore[misc]  # Huey has no types
    """Messages in an SQLite file, without waiting for the disk at each of them.

    In WAL mode NORMAL keeps the file whole through a power cut. It may lose the newest messages, which are sent again.
    """

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


def _storage_options(url: str) -> dict[str, Any]:
    if url.startswith(SQLITE):
        return {"storage_class": _QueueFile, "filename": url.removeprefix(SQLITE), "timeout": 10}
    # A blocking read wakes this often to check whether the worker should stop.
    return {"storage_class": RedisStorage, "url": url, "read_timeout": 1}
