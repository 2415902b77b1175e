"""Answers a plain `GET /predict` or `POST /predict`; see `service.api.http.fast_path`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.api.http.fast_path import JSON, Answer, peek_body
from service.api.predict.body import answer_body
from service.api.predict.query import answer_query
from service.operations.backend import Backend

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/predict"


class PredictAnswerer:
    def route(self, environ: WSGIEnvironment) -> str | None:
        return PATH if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] in ("GET", "POST") else None

    def answer(self, backend: Backend, environ: WSGIEnvironment) -> Answer:
        if environ["REQUEST_METHOD"] == "GET":
            body, rows = answer_query(backend, environ["QUERY_STRING"].encode("latin-1")), 1
        else:
            body, rows = answer_body(backend, self._read_body(backend, environ))
        return Answer(body, [("Content-Type", JSON), ("Content-Length", str(len(body)))], rows)

    def _read_body(self, backend: Backend, environ: WSGIEnvironment) -> bytes:
        """The body of a plain JSON request."""
        is_plain = environ["CONTENT_TYPE"] == JSON and not environ["QUERY_STRING"]
        accepts_json = environ.get("HTTP_ACCEPT", "*/*") in ("*/*", JSON)
        if not (is_plain and accepts_json):
            raise ValueError
        return peek_body(environ, backend.limits.max_body_bytes)
