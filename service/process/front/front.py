"""Routes each request: a body is received first; a request without one is answered on a thread at once."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from service.errors import BodyIncomplete, FeedforwardError, Stopping
from service.process.front.lane import Lane
from service.process.front.long_answers import LongAnswers, Stalled
from service.process.front.pace import Pace, PaceLimits
from service.process.front.pieces import Pieces
from service.process.front.reception import Reception
from service.process.front.served import Served
from service.process.front.spool import Spool, SpoolBudget
from service.process.front.wsgi import answer, client_of, closing, environ_of

logger = logging.getLogger(__name__)

#: Answered on a thread reserved for it.
ALIVE = "/healthz"
#: Threads of the server in addition to those that answer: they deliver requests, and pieces of bodies.
SPARE_THREADS = 8
DISK_THREADS = 2
LOOK_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True)
class FrontSettings:
    threads: int = 64  #: that answer requests without a body, and as many for those with one
    pace: PaceLimits = field(default_factory=PaceLimits)
    stalled_answer_seconds: float = 60.0
    spool_memory_bytes: int = 64 * 2**20
    spool_bytes: int = 4 * 2**30
    spool_folder: Path = Path("uploads")

    @property
    def long_answers(self) -> int:
        """A reader may stall, and every other request needs a thread too."""
        return max(1, self.threads // 4)

    @property
    def server_threads(self) -> int:
        return 2 * self.threads + SPARE_THREADS


class Front:
    """One for each web process. It runs on the server's threads and never blocks them for a body."""

    def __init__(self, served: Served, settings: FrontSettings) -> None:
        self._served = served
        self._settings = settings
        self._lane = Lane(settings.threads)
        self._lane_of_bodies = Lane(settings.threads)
        self._long_answers = LongAnswers(most=settings.long_answers, stalled_seconds=settings.stalled_answer_seconds)
        self.disk = ThreadPoolExecutor(DISK_THREADS, thread_name_prefix="spool")
        self._budget = SpoolBudget(memory_bytes=settings.spool_memory_bytes, total_bytes=settings.spool_bytes)
        self._receptions: dict[Reception, None] = {}
        self._stopping = threading.Event()
        threading.Thread(target=self._look_after_receptions, name="receptions", daemon=True).start()

    def handle(self, scope: Any, proto: Any) -> None:
        """Take a request from the server."""
        headers = scope.headers  # each time, granian copies them
        if has_body(headers):
            self._receive(scope, headers, proto)
        elif scope.path == ALIVE:
            self._answer(scope, headers, proto)
        else:
            self._lane.run(partial(self._answer, scope, headers, proto))

    def stop(self) -> None:
        """Receive no further bodies, and let open streams end."""
        self._stopping.set()
        self._served.at_stop()
        for reception in list(self._receptions):
            reception.end(Stopping())

    # -- a body first ------------------------------------------------------------------------------------------------

    def _receive(self, scope: Any, headers: Any, proto: Any) -> None:
        spool = Spool(self._budget, self._settings.spool_folder)
        try:
            reception = self._reception(scope, headers, proto, spool)
        except FeedforwardError as error:
            self._lane.run(partial(self._reject, scope, headers, proto, error))
            return
        self._receptions[reception] = None
        reception.begin(partial(self._received, scope, headers, proto, spool, reception))
        if self._stopping.is_set():  # It may be too late for the list that `stop` iterates over.
            reception.end(Stopping())

    def _reception(self, scope: Any, headers: Any, proto: Any, spool: Spool) -> Reception:
        """Raises the error for which the request may not send its body."""
        method, path = scope.method, scope.path
        admit = self._served.admit
        rejection = Stopping() if self._stopping.is_set() else admit and admit(method, path, headers, client_of(scope))
        if rejection:
            raise rejection
        limits = self._served.body_limits(method, path)
        pace = Pace(self._settings.pace, monotonic(), limits.seconds)
        return Reception(Pieces(proto), spool, limits, length_of(headers), pace, self.disk)

    def _received(
        self, scope: Any, headers: Any, proto: Any, spool: Spool, reception: Reception, error: FeedforwardError | None
    ) -> None:
        self._receptions.pop(reception, None)
        if error is None:
            self._lane_of_bodies.run(partial(self._answer, scope, headers, proto, spool))
        else:
            spool.close()
            self._lane_of_bodies.run(partial(self._reject, scope, headers, proto, error))

    def _look_after_receptions(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            now = monotonic()
            for reception in list(self._receptions):
                reception.look(now)

    # -- then the answer ---------------------------------------------------------------------------------------------

    def _answer(self, scope: Any, headers: Any, proto: Any, spool: Spool | None = None) -> None:
        try:
            answer(self._served.wsgi, environ_of(scope, headers, spool), proto, self._long_answers, scope.client)
        except FeedforwardError as error:  # of the spool, or of too many long answers
            self._reject(scope, headers, proto, error)
        except Stalled:
            logger.warning("The reader of a long answer took nothing for too long and was disconnected.")
        except Exception:
            failed(proto)
        finally:
            if spool is not None:
                spool.close()

    def _reject(self, scope: Any, headers: Any, proto: Any, error: FeedforwardError) -> None:
        """Answer with an error, and close the connection: the rest of the body is not read."""
        try:
            application = closing(self._served.reject(error))
            answer(application, environ_of(scope, headers, None), proto, self._long_answers, scope.client)
        except Exception:
            failed(proto)


def failed(proto: Any) -> None:
    logger.exception("A request failed outside of the application.")  # noqa: LOG004  # called while one is handled
    proto.response_empty(500, [])


def has_body(headers: Any) -> bool:
    """RFC 9112, 6: by its headers alone."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def length_of(headers: Any) -> int | None:
    """The announced length. The server has already rejected one that is not a number."""
    text: str | None = headers.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise BodyIncomplete("Content-Length must be a whole number.")
    return int(text)
