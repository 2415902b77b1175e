"""Answers a plain `GET /predict` or `POST /predict` before Flask, whose dispatch would take longer than the prediction.

Only successful requests are answered here. Every other one goes on to the view of the same route, which reads the
arguments with the same functions and reports what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from service.api.http.context import CALLER
from service.api.http.middleware import ROUTE
from service.api.predict.body import answer_body
from service.api.predict.query import answer_query
from service.operations.backend import Backend
from service.schema.rules import hints_left

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/predict"


JSON = "application/json"


class FastPath:
    def __init__(self, app: WSGIApplication, backend: Backend, count_predictions: Callable[[int], None]) -> None:
        self._app = app
        self._backend = backend
        self._count_predictions = count_predictions

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] not in ("GET", "POST"):
            return self._app(environ, start_response)
        hints_left.set(0)
        try:
            body, rows = self._answer(environ)
        except Exception:  # The view meets the same error, and knows how to report it.
            return self._app(environ, start_response)
        self._count_predictions(rows)
        environ[ROUTE] = PATH
        start_response("200 OK", [("Content-Type", JSON), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> tuple[bytes, int]:
        """Raises whatever keeps a request from being answered here."""
        backend = self._backend.for_caller(environ[CALLER])
        if environ["REQUEST_METHOD"] == "GET":
            return answer_query(backend, environ["QUERY_STRING"].encode("latin-1")), 1
        return answer_body(backend, self._read_body(environ))

    def _read_body(self, environ: WSGIEnvironment) -> bytes:
        """The body of a plain JSON request, which stays there to be read again."""
        length = int(environ["CONTENT_LENGTH"])
        is_plain = environ["CONTENT_TYPE"] == JSON and not environ["QUERY_STRING"]
        accepts_json = environ.get("HTTP_ACCEPT", "*/*") in ("*/*", JSON)
        if not (is_plain and accepts_json and length <= self._backend.limits.max_body_bytes):
            raise ValueError
        body: bytes = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = BytesIO(body)
        return body
