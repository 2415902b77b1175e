"""The least that an answer can cost: an empty Flask route, served with the settings of the service.

python -m benchmarks.empty PORT
"""

from __future__ import annotations

import sys

from flask import Flask, Response

from service.config import Config
from service.process.front.served import BodyLimits, Served
from service.process.web import serve


def make_served() -> Served:
    app = Flask("empty")

    @app.get("/")
    def empty() -> dict[str, str]:
        return {}

    @app.get("/healthz")
    def alive() -> dict[str, str]:
        return {}

    return Served(
        wsgi=app,
        reject=lambda error: Response(error.message, 400),
        body_limits=lambda method, path: BodyLimits(2**20, 60),
    )


if __name__ == "__main__":
    serve(Config(port=int(sys.argv[1])), "127.0.0.1", make_served, None, on_ready=lambda: print("ready", flush=True))
