"""Between granian's RSGI and WSGI: a request as its environment, and an answer as it is sent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from service.process.front.long_answers import LongAnswers
from service.process.front.spool import Spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
NAMES: dict[str, str] = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
EVENTS = "text/event-stream"
#: An answer of known length with more bytes is sent as it is read: the server keeps what it is given until a client has
#: taken it, however long that takes.
WHOLE_BYTES = 2**20
#: Further headers than these are named at each request, so that nobody can fill the table above.
MAX_NAMES = 512


def environ_of(scope: Any, headers: Any, spool: Spool | None) -> WSGIEnvironment:
    """The environment of a request, with its body as it was received. Raises what the spool raises."""
    environ = BASE.copy()
    environ["SERVER_NAME"], _, environ["SERVER_PORT"] = scope.server.rpartition(":")
    environ["SERVER_PROTOCOL"] = f"HTTP/{scope.http_version}"
    environ["REMOTE_ADDR"] = client_of(scope)
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = as_latin1(scope.path)
    environ["QUERY_STRING"] = as_latin1(scope.query_string)
    environ["wsgi.url_scheme"] = scope.scheme
    for name, value in headers.items():
        if "_" in name:  # In an environment it would be another header: `x_forwarded_for` that of proxies.
            continue
        key = NAMES.get(name) or named(name)
        # RFC 9110, 5.3; cookies alone are parted otherwise.
        environ[key] = f"{environ[key]}{';' if name == 'cookie' else ','}{value}" if key in environ else value
    if spool is None:
        environ["wsgi.input"] = BytesIO()
    else:
        environ["wsgi.input"] = spool.open()
        # Received whole: what the sender has cut into chunks has a length now.
        environ["CONTENT_LENGTH"] = str(spool.size_bytes)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    if "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority or ""
    return environ


def named(header: str) -> str:
    key = f"HTTP_{header.upper().replace('-', '_')}"
    if len(NAMES) < MAX_NAMES:
        NAMES[header] = key
    return key


def as_latin1(text: str) -> str:
    """Bytes as WSGI writes them into text."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def client_of(scope: Any) -> str:
    address: str = scope.client.rpartition(":")[0]
    return address.strip("[]")


class Answer:
    """`start_response`, and what it was called with."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = headers
        return refuse_to_write


def refuse_to_write(_: bytes) -> object:
    raise NotImplementedError("write() of PEP 3333 is not served")


def answer(
    application: WSGIApplication, environ: WSGIEnvironment, proto: Any, long_answers: LongAnswers, client: str
) -> None:
    """Run the application and send what it answers. Raises what `LongAnswers.send` raises."""
    started = Answer()
    body = application(environ, started)
    if isinstance(body, list) and sum(map(len, body)) <= WHOLE_BYTES:
        proto.response_bytes(started.status, started.headers, b"".join(body))
        return
    try:
        send(body, started, proto, long_answers, client)
    finally:
        if hasattr(body, "close"):
            body.close()


def closing(application: WSGIApplication) -> WSGIApplication:
    """The same application, which ends the connection after its answer."""

    def answer_and_close(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *exc_info)

        return application(environ, start)

    return answer_and_close


def send(body: Iterable[bytes], started: Answer, proto: Any, long_answers: LongAnswers, client: str) -> None:
    """Send an answer of known length at once if it is not too long, an event stream piece by piece, and any other as it
    is read."""
    named = {name.lower(): value for name, value in started.headers}
    if int(named.get("content-length", WHOLE_BYTES + 1)) <= WHOLE_BYTES:
        proto.response_bytes(started.status, started.headers, b"".join(body))
    elif named.get("content-type", "").startswith(EVENTS):
        send_events(body, started, proto)
    else:
        long_answers.send(body, started.status, started.headers, proto, client)


def send_events(body: Iterable[bytes], started: Answer, proto: Any) -> None:
    """Send each piece at once, until the client disconnects.

    Granian keeps in memory what the client has not taken yet: an event stream must set its own bound.
    """
    transport = proto.response_stream(started.status, started.headers)
    for piece in body:
        try:
            for _ in transport.send_bytes(piece):  # done at once: granian keeps it until the client takes it
                pass
        except RuntimeError:  # the client has disconnected
            return
