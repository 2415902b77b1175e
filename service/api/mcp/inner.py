"""A request that another one makes in the name of its caller: the same routes, scopes, limits and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import current_app, request

from service.api.http.access_log import request_id
from service.api.http.context import WITHIN, caller
from service.api.http.json_provider import encode

#: Of the outer request: who asks, from where and under which name; not its body and what was found out about it.
KEPT = ("SERVER_", "REMOTE_", "SCRIPT_NAME", "wsgi.", "HTTP_HOST", "HTTP_TRACEPARENT")


@dataclass(frozen=True)
class Inner:
    method: str
    path: str
    query: Mapping[str, Any]
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def is_error(self) -> bool:
        return self.status >= 400

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.text)
        return found


def get(*path: str, **query: Any) -> Inner:
    return Inner("GET", path_of(*path), query)


def send(method: str, *path: str, body: Any) -> Inner:
    return Inner(method, path_of(*path), {}, encode(body))


def path_of(*parts: str) -> str:
    """A slash in a name stays part of the name, and finds nothing."""
    return "".join(f"/{part.replace('/', '%2F')}" for part in parts)


def ask(inner: Inner) -> Answer:
    started: list[str] = []

    def start(status: str, _headers: Any, _exc_info: Any = None) -> Any:
        started.append(status)

    chunks = current_app.wsgi_app(_environment(inner), start)
    try:
        body = b"".join(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    return Answer(int(started[-1][:3]), body.decode())


def _environment(inner: Inner) -> dict[str, Any]:
    outer = request.environ
    kept = {name: value for name, value in outer.items() if name.startswith(KEPT)}
    query = {name: value for name, value in inner.query.items() if value is not None}
    return kept | {
        "REQUEST_METHOD": inner.method,
        "PATH_INFO": inner.path.encode().decode("latin-1"),  # As WSGI has it.
        "QUERY_STRING": urlencode(query, doseq=True),
        "CONTENT_TYPE": inner.content_type if inner.body else "",
        "CONTENT_LENGTH": str(len(inner.body)),
        "HTTP_ACCEPT": "application/json",
        "HTTP_X_REQUEST_ID": request_id(outer),
        "wsgi.input": BytesIO(inner.body),
        WITHIN: caller(),
    }
