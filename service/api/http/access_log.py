"""A line for each answer, with the id by which it is found again: the client's, or one of our own."""

from __future__ import annotations

import logging
import re
from random import getrandbits
from typing import TYPE_CHECKING

from service.domain.traces import read_traceparent, trace_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

logger = logging.getLogger("feedforward.access")

HEADER = "X-Request-ID"
#: Where in the environment the id is.
KEY = "feedforward.request_id"
#: Anything else could forge a line of a log.
_USABLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def request_id(environ: WSGIEnvironment) -> str:
    """The id of this request, the same each time."""
    known = environ.get(KEY)
    if known is None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        known = environ[KEY] = given if _USABLE.fullmatch(given) else f"{getrandbits(64):016x}"
    return str(known)


def traceparent(environ: WSGIEnvironment) -> str | None:
    """The trace that the request is part of."""
    return read_traceparent(environ.get("HTTP_TRACEPARENT", ""))


def log_answer(environ: WSGIEnvironment, route: str | None, status: str, seconds: float) -> None:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    logger.info(
        "%s %r %s in %.1f ms",
        method,
        path,
        status,
        seconds * 1000,
        extra={
            "request_id": request_id(environ),
            "trace_id": trace_id(traceparent(environ)),
            "method": method,
            "path": path,
            "route": route,
            "status": int(status),
            "seconds": round(seconds, 6),
            "client": environ.get("REMOTE_ADDR"),
        },
    )
