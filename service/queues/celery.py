"""Job ids carried by Celery on Redis, for those who run Celery already; the extra `[celery]` brings it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.worker import WorkController, state

from service.queues.dispatcher import JOB_ID, Dispatcher, DispatchError

logger = logging.getLogger(__name__)

TASK = "feedforward.train"
#: Redis delivers a message again if it is not acknowledged within this time; ours are acknowledged at once.
DAY_SECONDS = 86_400
LOOK_SECONDS = 0.1


class CeleryDispatcher(Dispatcher):
    """`url` is `celery+redis://…`."""

    def __init__(self, url: str, *, queue: str = "feedforward") -> None:
        self._queue = queue
        self._app = Celery("feedforward", broker=url.removeprefix("celery+"), set_as_current=False)
        self._app.conf.update(_settings(queue))
        self._task = self._app.task(self._take, name=TASK, typing=False)
        self._stop = threading.Event()
        self._handle: Callable[[str], None] | None = None

    def send(self, job_id: str) -> None:
        try:
            self._task.apply_async((job_id,))
        except Exception as error:
            logger.warning("Job %s could not be put on the queue; the sweeper will send it again: %s", job_id, error)

    def depth(self) -> int:
        try:
            with self._app.connection_for_read() as connection, connection.channel() as channel:
                return int(channel.queue_declare(self._queue).message_count)
        except Exception as error:
            raise DispatchError(f"The queue cannot be asked how many messages wait: {error}") from error

    def run_worker(self, slots: int, handle: Callable[[str], None], stop: threading.Event) -> None:
        self._handle, self._stop = handle, stop
        state.should_stop = None
        # Not `celery worker`, which takes the signals: they are the worker's.
        worker = WorkController(
            app=self._app, concurrency=slots, pool="threads", without_gossip=True, without_mingle=True
        )
        # A slot that becomes free does not wake the loop that fetches messages, so the loop polls.
        worker.hub.call_repeatedly(LOOK_SECONDS, lambda: None)
        threading.Thread(target=self._watch, name="celery stop", daemon=True).start()
        worker.start()

    def close(self) -> None:
        self._app.close()

    def _watch(self) -> None:
        self._stop.wait()
        state.should_stop = 0

    def _take(self, job_id: Any) -> None:
        if not JOB_ID.fullmatch(str(job_id)):
            logger.warning("A message on the queue is not a job id, and is dropped.")
        elif self._handle is None or self._stop.is_set():
            self.send(job_id)
        else:
            self._handle(job_id)


def _settings(queue: str) -> dict[str, Any]:
    return {
        "task_default_queue": queue,
        # A message is consumed when it is taken: a job whose worker dies is found by its lease, not by its message.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        "task_ignore_result": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
        # A busy slot must not hold messages for which another worker is free.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "accept_content": ["json"],
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": DAY_SECONDS,
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
        },
    }
