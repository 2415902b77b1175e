"""A server on this machine that answers as it is told: with a status, or by hanging up after it has read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG_UP = 0


@dataclass
class Flaky:
    """`answers`: statuses with the body, one per request, the last one for ever."""

    answers: list[tuple[int, str]]
    url: str = ""
    retry_after: str = "0"
    seen: list[tuple[str, str | None]] = field(default_factory=list)  #: method and idempotency key


@contextmanager
def flaky(*answers: tuple[int, str], **options: str) -> Iterator[Flaky]:
    server = Flaky(list(answers), **options)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.seen.append((self.command, self.headers.get("Idempotency-Key")))
            status, body = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
            if status == HANG_UP:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Retry-After", server.retry_after)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 -- names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
