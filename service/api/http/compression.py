"""Answers in gzip for clients that accept it: whole ones only, for an event stream must not wait for its next block."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Smaller answers are hardly smaller in gzip.
MIN_BYTES = 1000
#: Fast: JSON gets four times smaller by it, and hardly more so by more work.
LEVEL = 4
#: By how its media type begins, an answer is text.
TEXTS = ("application/json", "application/problem+json", "application/x-ndjson", "image/svg+xml", "text/")
STREAM = "text/event-stream"


class Held:
    """`start_response` until it is known what is sent."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self._exc_info: tuple[Any, ...] = ()

    def __call__(self, status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        self.status, self.headers, self._exc_info = status, headers, exc_info
        return lambda _: None

    def release(self, start_response: StartResponse) -> None:
        start_response(self.status, self.headers, *self._exc_info)

    def get(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known.lower() == name), None)


class Compression:
    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        accepted = environ.get("HTTP_ACCEPT_ENCODING")
        if accepted is None or not accepts_gzip(accepted):
            return self._app(environ, start_response)
        held = Held()
        body = self._app(environ, held)
        if environ["REQUEST_METHOD"] != "HEAD" and is_worth_it(held):
            body = compressed(body, held)
        held.release(start_response)
        return body


@lru_cache(maxsize=64)
def accepts_gzip(header: str) -> bool:
    return parse_accept_header(header, Accept)["gzip"] > 0


def is_worth_it(held: Held) -> bool:
    """Whether an answer is whole, text, not small, and not compressed yet."""
    media_type, length = held.get("content-type") or "", held.get("content-length")
    is_text = media_type.startswith(TEXTS) and not media_type.startswith(STREAM)
    return is_text and length is not None and int(length) > MIN_BYTES and held.get("content-encoding") is None


def compressed(body: Iterable[bytes], held: Held) -> list[bytes]:
    try:
        content = gzip.compress(b"".join(body), LEVEL, mtime=0)
    finally:
        if hasattr(body, "close"):
            body.close()
    vary, etag = held.get("vary"), held.get("etag")
    replaced = {"content-length": str(len(content)), "content-encoding": "gzip"}
    replaced["vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    if etag is not None and not etag.startswith("W/"):
        replaced["etag"] = f"W/{etag}"  # RFC 9110, 8.8.3.3: other bytes may not have the same strong one
    kept = [(name, value) for name, value in held.headers if name.lower() not in replaced]
    held.headers = [*kept, *replaced.items()]
    return [content]
