"""The web server: granian, with one Flask application in each of its processes."""

from __future__ import annotations

import codecs
import http.client
import logging
import os
import resource
import signal
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from service.config import Config
from service.process import liveness, logs
from service.process.arenas import limit_arenas
from service.process.front.front import Front, FrontSettings
from service.process.front.pace import PaceLimits
from service.process.front.served import Served
from service.process.front.worker import run_web_process
from service.process.parent import follow
from service.process.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

#: Granian's own lines are logged like all others.
LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}
#: Open files that a web process may have, where the system allows it.
FILES = 65_536
#: Connections that the system keeps until a web process takes them.
BACKLOG = 1024
#: Of the bodies under way; beyond it, they go into files.
SPOOL_MEMORY_BYTES = 64 * 2**20
#: Where a server that listens on every address of the machine can be reached.
NEAREST = {"0.0.0.0": "127.0.0.1", "::": "::1"}

# The thread that asks for the first answer runs while granian forks the web processes. A module that it were just
# loading would stay locked in them for ever; this is the one that a connection loads.
codecs.lookup("idna")


def serve(
    config: Config,
    address: str,
    make_served: Callable[[], Served],
    make_companion: Callable[[], WorkerProcess] | None,
    on_ready: Callable[[], None],
) -> None:
    """Serve on a numeric address until SIGINT or SIGTERM; then stop the web processes, and after them the companion."""
    allow_many_files()
    keep_to_one_thread()
    several = config.web_workers > 1
    with tempfile.TemporaryDirectory(prefix="feedforward-metrics-") if several else nullcontext() as counters:
        if counters:
            # Here prometheus-client adds up what the processes have counted, each for itself.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = counters
        while not serve_once(config, address, make_served, make_companion and make_companion(), on_ready):
            logger.error("The web processes died one after another; the web server restarts")


def keep_to_one_thread() -> None:
    """Let a prediction compute in its own thread alone, unless the environment says otherwise.

    Requests already share the cores. BLAS threads would wait for each other at every product, and on a busy machine
    take many times as long.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


def serve_once(
    config: Config,
    address: str,
    make_served: Callable[[], Served],
    worker_process: WorkerProcess | None,
    on_ready: Callable[[], None],
) -> bool:
    """Serve once; return whether it was asked to stop.

    Granian starts a process that has died again, and gives up when that one dies within seconds too. That is right
    where none of them has ever answered, and a reason to start again where they did.
    """
    has_answered = threading.Event()

    def on_answer() -> None:
        has_answered.set()
        on_ready()

    settings = front_settings(config)
    server = Granian(
        "service.app",
        address=address,
        port=config.port,
        # What runs is RSGI, by way of `run_web_process`; only of WSGI does granian allow several threads.
        interface=Interfaces.WSGI,
        websockets=False,
        # Only over HTTP/1 does granian give up connections that send no headers.
        http=HTTPModes.http1,
        backlog=BACKLOG,
        backpressure=config.max_connections,
        workers=config.web_workers,
        workers_kill_timeout=config.grace_seconds,
        respawn_failed_workers=True,
        blocking_threads=settings.server_threads,
        ssl_cert=config.tls_certificate,
        ssl_key=config.tls_key,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
    )
    if worker_process:
        server.on_startup(worker_process.start)
        server.on_shutdown(worker_process.stop)
    host = NEAREST.get(address, address)
    server.on_startup(partial(call_when_ready, partial(connection_to, host, config), on_answer))
    try:
        with tempfile.TemporaryDirectory(prefix="feedforward-alive-") as folder, watched(server, config, Path(folder)):
            server.serve(
                spawn_target=run_web_process,
                target_loader=partial(load, os.getpid(), make_served, settings, Path(folder)),
                wrap_loader=False,
            )
    except SystemExit:
        if not has_answered.is_set():
            raise
        return False
    return True


@contextmanager
def watched(server: Any, config: Config, folder: Path) -> Iterator[None]:
    """Kill a web process that no longer responds; granian then starts another."""
    stopping = threading.Event()
    liveness.watch(
        folder,
        lambda: [worker.inner for worker in list(server.wrks)],
        silent_seconds=config.frozen_seconds,
        stopping=stopping,
    )
    try:
        yield
    finally:
        stopping.set()


def front_settings(config: Config) -> FrontSettings:
    return FrontSettings(
        threads=config.web_threads,
        pace=PaceLimits(
            first_byte_seconds=config.body_first_byte_seconds, bytes_per_second=config.body_bytes_per_second
        ),
        stalled_answer_seconds=config.stalled_answer_seconds,
        spool_memory_bytes=min(SPOOL_MEMORY_BYTES, config.max_received_bytes),
        spool_bytes=config.max_received_bytes,
        spool_folder=config.data_dir / "uploads",
    )


def allow_many_files() -> None:
    """A connection is an open file, and the usual soft limit is lower than the number of connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))


def load(parent: int, make_served: Callable[[], Served], settings: FrontSettings, alive: Path) -> Callable[[], Front]:
    """Make the application, in a web process."""
    # The handlers are those of the process it was forked from, until its own are set when all is loaded.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # A group of its own keeps Ctrl-C away: the process that started it stops it, in order.
    os.setpgrp()
    follow(parent)
    limit_arenas()
    logs.configure("web")
    liveness.beat(alive)
    served = make_served()
    return partial(Front, served, settings)


def connection_to(host: str, config: Config) -> http.client.HTTPConnection:
    if config.tls_certificate is None:
        return http.client.HTTPConnection(host, config.port, timeout=5)
    # It asks this process's own children. The certificate is for other names than this address.
    context = ssl._create_unverified_context()
    return http.client.HTTPSConnection(host, config.port, timeout=5, context=context)


def call_when_ready(connect: Callable[[], http.client.HTTPConnection], action: Callable[[], None]) -> None:
    def wait() -> None:
        while not answers(connect()):
            time.sleep(0.05)
        action()

    threading.Thread(target=wait, name="ready", daemon=True).start()


def answers(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
