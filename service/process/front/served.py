"""What the front serves: a WSGI application, which requests it admits, and how much each may send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from service.errors import FeedforwardError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Headers(Protocol):
    """A request's headers by their names in lower case."""

    def get(self, name: str, /) -> str | None: ...


#: Takes method, path (percent-decoded), headers and the client's address; returns why a request is rejected, or None.
Admit = Callable[[str, str, Headers, str], FeedforwardError | None]


class BodyLimits(NamedTuple):
    max_bytes: int
    seconds: float | None  #: to receive all of it; None: as long as it keeps the pace


@dataclass(frozen=True, kw_only=True)
class Served:
    wsgi: WSGIApplication
    #: Makes the application that answers a request with an error.
    reject: Callable[[FeedforwardError], WSGIApplication]
    body_limits: Callable[[str, str], BodyLimits]  #: of a method and a path
    #: Asked before a body is received, so that a rejected one never is. The application still checks every request.
    admit: Admit | None = None
    #: Called when this web process is told to stop.
    at_stop: Callable[[], None] = lambda: None
