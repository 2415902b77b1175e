"""`/`: the page and the files it is made of. A door like the API, which it reaches over HTTP alone, as anyone does."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from service.dashboard.files import File, find_file

#: Scripts, styles, pictures and requests come from here alone; the middleware adds what holds for every answer.
POLICY = "default-src 'self'"
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}

blp = Blueprint("dashboard", __name__)


@blp.get("/")
def page() -> Response:
    """The page itself; where in it one is stands behind the `#`, so one file is all there is."""
    return sent("index.html")


@blp.get("/static/<name>")
def static(name: str) -> Response:
    return sent(name)


@blp.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it by this name wherever no other is given, as at an answer of the API."""
    return sent("favicon.svg")


def sent(name: str) -> Response:
    """A file, or 304 where the browser has it: its name stays through versions, so it asks every time."""
    file = find_file(name)
    if file is None:
        abort(404)
    response = encoded(file)
    response.set_etag(file.etag)
    response.make_conditional(request)
    return response


def encoded(file: File) -> Response:
    if file.compressed is None or not request.accept_encodings["gzip"]:
        return Response(file.content, headers=HEADERS, content_type=file.content_type)
    headers = {**HEADERS, "Content-Encoding": "gzip"}
    return Response(file.compressed, headers=headers, content_type=file.content_type)
