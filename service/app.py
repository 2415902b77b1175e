"""The web service's composition root: `granian --interface wsgi --factory service.app:create_app`."""

from __future__ import annotations

import os

from flask import Flask

from service.api import context, headers, metrics, problems
from service.api.json_provider import OrjsonProvider
from service.api.routes import DOCUMENTED, PAGES
from service.api.smorest import Api
from service.errors import FeedforwardError
from service.operations.backend import Backend

VERSION = "0.1.0"
ABOUT = "Train and serve neural networks from any language over plain HTTP: JSON in, JSON out, RFC 9457 problems."


def create_app(backend: Backend) -> Flask:
    """Build the WSGI application on a backend."""
    app = Flask("service", static_folder=None)
    app.json = OrjsonProvider(app)
    app.config.update(
        MAX_CONTENT_LENGTH=backend.limits.max_body_bytes,
        API_TITLE="Feedforward",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": ABOUT, "license": {"name": "MIT", "identifier": "MIT"}}},
    )
    context.install(app, backend)
    headers.install(app)
    metrics.install(app, backend, os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    app.register_error_handler(FeedforwardError, problems.from_error)
    api = Api(app)
    for documented in DOCUMENTED:
        api.register_blueprint(documented)
    for page in PAGES:
        app.register_blueprint(page)
    return app
