"""Answers plain predictions before Flask, whose dispatch would take longer than the prediction.

Only successful requests are answered here. Every other one goes on to the view of the same route, which reads the
request with the same functions and reports what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, Protocol

from service.api.http.context import CALLER
from service.api.http.middleware import ROUTE
from service.operations.backend import Backend
from service.schema.rules import hints_left

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

JSON = "application/json"


class Answer(NamedTuple):
    body: bytes
    headers: list[tuple[str, str]]
    rows: int  #: that were predicted


class Answerer(Protocol):
    def route(self, environ: WSGIEnvironment) -> str | None:
        """The route of a request that it may answer."""

    def answer(self, backend: Backend, environ: WSGIEnvironment) -> Answer:
        """Raises whatever keeps a request from being answered here."""


class FastPath:
    def __init__(
        self,
        app: WSGIApplication,
        backend: Backend,
        count_predictions: Callable[[int], None],
        answerers: Sequence[Answerer],
    ) -> None:
        self._app = app
        self._backend = backend
        self._count_predictions = count_predictions
        self._answerers = answerers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        for answerer in self._answerers:
            if route := answerer.route(environ):
                return self._answer(answerer, route, environ, start_response)
        return self._app(environ, start_response)

    def _answer(
        self, answerer: Answerer, route: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        hints = hints_left.set(0)
        try:
            answer = answerer.answer(self._backend.for_caller(environ[CALLER]), environ)
        except Exception:  # The view meets the same error, and knows how to report it.
            return self._app(environ, start_response)
        finally:
            hints_left.reset(hints)
        self._count_predictions(answer.rows)
        environ[ROUTE] = route
        start_response("200 OK", answer.headers)
        return [answer.body]


def peek_body(environ: WSGIEnvironment, max_bytes: int) -> bytes:
    """The body, which stays there to be read again. Raises ValueError where it is too long."""
    length = int(environ["CONTENT_LENGTH"])
    if length > max_bytes:
        raise ValueError
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body
