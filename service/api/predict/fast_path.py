"""A plain `GET /predict` answered before Flask, which would take longer to hand it on than the prediction takes.

Only what succeeds is answered here. Everything else goes on to the view of the same route, which reads the arguments by
the same functions and tells what is wrong with them.
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
        except Exception:  # The view meets the same one, and knows how to tell it.
            return self._app(environ, start_response)
        self._count_prediction()
        environ[ROUTE] = PATH
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
