"""The web server: granian, with one Flask application in each of its processes."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from service.config import Config
from service.process import logs
from service.process.companion import Companion
from service.process.parent import follow
from service.process.port import free_address

#: Granian's own lines go the way of all others.
LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def serve(config: Config, make_app: Callable[[], Any], companion: Companion | None, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; then end the streams, the web processes and the companion, in this order."""
    address = free_address(config.host, config.port)
    server = Granian(
        "service.app",
        address=address,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.web_workers,
        blocking_threads=config.web_threads,
        # An open event stream ends with its process, and its client comes back to where it was.
        workers_kill_timeout=2,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
    )
    if companion:
        server.on_startup(companion.start)
        server.on_shutdown(companion.stop)
    server.on_startup(partial(call_when_ready, ANY_ADDRESS.get(address, address), config.port, on_ready))
    server.serve(target_loader=partial(load, os.getpid(), make_app), wrap_loader=False)


def load(parent: int, make_app: Callable[[], Any]) -> Any:
    """Make the application, in the web process itself."""
    follow(parent)
    logs.configure("web")
    return make_app()


def call_when_ready(host: str, port: int, action: Callable[[], None]) -> None:
    def wait() -> None:
        while not answers(host, port):
            time.sleep(0.05)
        action()

    threading.Thread(target=wait, name="announcement", daemon=True).start()


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
