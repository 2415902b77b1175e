"""A web process of granian's, with a front of our own between its threads and the application.

Granian's WSGI reads a body inside a thread, without a timeout; its RSGI receives one without a thread, but brings every
request to one loop. Here RSGI's requests and bodies come to the server's threads, as WSGI's do, and the loop waits for
signals alone. `spawn_target` of `Granian.serve` is the seam; the rest follows `MPServer._spawn_rsgi_worker` of the
pinned version.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from granian._granian import CallbackScheduler, RSGIWorker, WorkerSignal
from granian.server.common import WORKERS_METHODS
from granian.server.mp import WorkerProcess

from service.process.front.front import Front
from service.process.front.pieces import CallbackLoop


class Scheduler(CallbackScheduler):
    """Takes each request from the server, on one of its threads."""

    def __init__(self, loop: CallbackLoop, front: Front, *unused: None) -> None:
        super().__init__()

        def schedule(watcher: Any) -> None:
            try:
                front.handle(watcher.scope, watcher.proto)
            except BaseException as error:  # Granian ignores exceptions here.
                watcher.err(error)

        self._schedule_fn = schedule


#: Its type stub lags behind it.
make_worker: Any = RSGIWorker


@WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
def run_web_process(
    worker_id: int,
    make_front: Any,
    sock: Any,
    ipc: Any,
    loop: asyncio.AbstractEventLoop,
    runtime_mode: Any,
    runtime_threads: int,
    runtime_blocking_threads: int | None,
    blocking_threads: int,
    blocking_threads_idle_timeout: int,
    backpressure: int,
    task_impl: Any,
    http_mode: Any,
    http1_settings: Any,
    http2_settings: Any,
    websockets: bool,
    static_path: Any,
    log_access_fmt: str | None,
    ssl_ctx: Any,
    scope_opts: Any,
    metrics: Any,
) -> None:
    """Serve until SIGTERM, in a process of its own; the arguments are granian's."""
    front: Front = make_front()
    told, ended = WorkerSignal(), asyncio.Event()
    told.add_cb(lambda: loop.call_soon_threadsafe(ended.set))

    def stop() -> None:
        front.stop()
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    worker = make_worker(
        worker_id,
        sock,
        ipc,
        runtime_threads,
        runtime_blocking_threads,
        blocking_threads,
        blocking_threads_idle_timeout,
        backpressure,
        http_mode,
        http1_settings,
        http2_settings,
        websockets,
        static_path,
        *ssl_ctx,
        metrics,
    )
    serve = getattr(worker, WORKERS_METHODS[runtime_mode][(sock[0] or sock[1]).is_uds()])
    callbacks = CallbackLoop(front.disk)
    serve(Scheduler(callbacks, front, None, None, None), callbacks, told)
    loop.run_until_complete(ended.wait())
