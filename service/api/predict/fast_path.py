"""Answers a plain `GET /predict` before Flask, whose dispatch would take longer than the prediction.

Only successful requests are answered here. Every other one goes on to the view of the same route, which reads the
arguments with the same functions and reports what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from service.api.http.middleware import ROUTE
from service.api.predict.query import answer_query
from service.operations.backend import Backend

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/predict"


class FastPath:
    def __init__(self, app: WSGIApplication, backend: Backend, count_prediction: Callable[[], None]) -> None:
        self._app = app
        self._backend = backend
        self._count_prediction = count_prediction

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        try:
            body = answer_query(self._backend, environ["QUERY_STRING"].encode("latin-1"))
        except Exception:  # The view meets the same error, and knows how to report it.
            return self._app(environ, start_response)
        self._count_prediction()
        environ[ROUTE] = PATH
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
