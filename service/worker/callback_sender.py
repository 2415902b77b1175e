"""Sends callbacks: notifies the URLs that jobs have named when they end, and networks for their warnings."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time

from service.callbacks.message import write_message
from service.callbacks.request import Failed, Rejected, post
from service.callbacks.signature import read_secret, signed_headers
from service.callbacks.target import read_target
from service.domain.monitoring import NetworkEvent
from service.domain.records import Callback, Job, Json
from service.errors import FeedforwardError, NotFound
from service.storage.base import Storage
from service.worker.job_log import job_logger
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)

#: Callbacks sent at the same time: a receiver that delays its response must not hold up the others.
MOST_AT_ONCE = 8
#: The status by which a receiver says that it wants no further attempts.
GONE = 410
MAX_RETRY_SECONDS = 6 * 3600.0
NO_SECRET = "This worker has no FEEDFORWARD_CALLBACK_SECRET to sign with."


class CallbackSender:
    """One in every worker. Due callbacks are rows that attempts lease, so several workers never send one at once.

    A worker that dies during an attempt loses nothing: once the attempt's lease expires, the callback is due again. If
    it was already delivered, it arrives a second time, under the same `webhook-id`.
    """

    def __init__(self, storage: Storage, settings: WorkerSettings, *, stopping: threading.Event) -> None:
        self._storage = storage
        self._settings = settings
        self._stopping = stopping
        self._free = threading.Semaphore(MOST_AT_ONCE)

    def look(self) -> None:
        """Start a thread for each callback that is due; each thread continues with others until none is due."""
        while not self._stopping.is_set() and self._free.acquire(blocking=False):
            with contextlib.ExitStack() as unless_started:
                unless_started.callback(self._free.release)
                callback = self._claim()
                if callback is None:
                    return
                threading.Thread(target=self._call, args=(callback,), name="callback", daemon=True).start()
                unless_started.pop_all()

    def join(self, seconds: float) -> None:
        """Wait for the callbacks in flight, at most this long."""
        ends_at = time.monotonic() + seconds
        for _ in range(MOST_AT_ONCE):
            self._free.acquire(timeout=max(ends_at - time.monotonic(), 0))

    def _call(self, callback: Callback | None) -> None:
        try:
            while callback is not None:
                self._settle(callback, self._attempt(callback))
                callback = None if self._stopping.is_set() else self._claim()
        except NotFound:
            logger.info("What a callback is about has been deleted.")
        except FeedforwardError as error:
            logger.warning("A callback could not be recorded, and may come twice: %s", error)
        finally:
            self._free.release()

    def _claim(self) -> Callback | None:
        return self._storage.claim_callback(lease_seconds=self._settings.callback_lease_seconds)

    def _attempt(self, callback: Callback) -> Json:
        """Make one attempt; return what its event records."""
        secret = callback.secret or self._settings.callback_secret
        if secret is None:
            return _failure(NO_SECRET)
        if callback.attempt > self._settings.callback_attempts:
            return _failure("No attempt came to an end.")
        body = write_message(callback.about)
        signed = signed_headers(
            read_secret(secret), message_id=f"msg_{callback.id}", timestamp=int(time.time()), body=body
        )
        try:
            status = post(
                read_target(callback.url),
                {"Content-Type": "application/json", "User-Agent": "Feedforward", **signed, **_trace(callback.about)},
                body,
                private_allowed=self._settings.callback_private,
                timeout_seconds=self._settings.callback_timeout_seconds,
            )
        except Rejected as error:
            return {**_failure(str(error)), "final": True}
        except Failed as error:
            return _failure(str(error))
        if 200 <= status < 300:
            return {"delivered": True, "status": status, "error": None, "final": True}
        return {**_failure(f"The answer was {status}."), "status": status, "final": status == GONE}

    def _settle(self, callback: Callback, outcome: Json) -> None:
        pause = None if outcome["final"] or self._is_last(callback) else self._pause_after(callback.attempt)
        told = {"attempt": callback.attempt, **outcome, "final": pause is None, "retry_seconds": pause}
        if not outcome["delivered"]:
            _logger_of(callback.about).warning(
                "Attempt %d to call back for %s: %s", callback.attempt, _name_of(callback.about), outcome["error"]
            )
        self._storage.settle_callback(callback.id, callback.attempt, told, retry_seconds=pause)

    def _is_last(self, callback: Callback) -> bool:
        return callback.attempt >= self._settings.callback_attempts

    def _pause_after(self, attempt: int) -> float:
        """Four times as long after each attempt, plus or minus a half, so that many are not retried at once."""
        longest = self._settings.callback_retry_seconds * 4.0 ** (attempt - 1)
        return round(min(longest, MAX_RETRY_SECONDS) * random.uniform(0.5, 1.5), 3)


def _trace(about: Job | NetworkEvent) -> dict[str, str]:
    return {"traceparent": about.traceparent} if isinstance(about, Job) and about.traceparent else {}


def _logger_of(about: Job | NetworkEvent) -> logging.Logger | logging.LoggerAdapter[logging.Logger]:
    return job_logger(logger, about) if isinstance(about, Job) else logger


def _name_of(about: Job | NetworkEvent) -> str:
    return f"job {about.id}" if isinstance(about, Job) else f"network {about.network_name}"


def _failure(error: str) -> Json:
    return {"delivered": False, "status": None, "error": error, "final": False}
