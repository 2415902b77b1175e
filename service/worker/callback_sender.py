"""Sends callbacks: notifies the URLs that jobs have named when they end, and networks for their warnings."""

from __future__ import annotations

import logging
import threading
import time

from service.callbacks.message import write_message
from service.callbacks.request import Failed, Rejected, post
from service.callbacks.signature import read_secret, signed_headers
from service.callbacks.target import read_target
from service.domain.callback_attempts import Callback
from service.domain.jobs import Job
from service.domain.monitoring import NetworkEvent
from service.domain.types import Json
from service.storage.base import Storage
from service.worker.job_log import job_logger
from service.worker.pool import Pool
from service.worker.retries import pause_after
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
        self._pool = Pool("callback", self._claim, self._call, most=MOST_AT_ONCE, stopping=stopping)

    def look(self) -> None:
        """Send what is due."""
        self._pool.look()

    def join(self, seconds: float) -> None:
        """Wait for the callbacks in flight, at most this long."""
        self._pool.join(seconds)

    def _call(self, callback: Callback) -> None:
        self._settle(callback, self._attempt(callback))

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
        return pause_after(attempt, first=self._settings.callback_retry_seconds, longest=MAX_RETRY_SECONDS)


def _trace(about: Job | NetworkEvent) -> dict[str, str]:
    return {"traceparent": about.traceparent} if isinstance(about, Job) and about.traceparent else {}


def _logger_of(about: Job | NetworkEvent) -> logging.Logger | logging.LoggerAdapter[logging.Logger]:
    return job_logger(logger, about) if isinstance(about, Job) else logger


def _name_of(about: Job | NetworkEvent) -> str:
    return f"job {about.id}" if isinstance(about, Job) else f"network {about.network_name}"


def _failure(error: str) -> Json:
    return {"delivered": False, "status": None, "error": error, "final": False}
