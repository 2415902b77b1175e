"""The web service's composition root: `granian --interface wsgi --factory service.app:create_app`."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from service.access.audit import Auditor
from service.access.failures import Failures
from service.access.identities import read_identities
from service.access.keyring import Keyring
from service.access.proxies import Proxies
from service.access.rates import MemoryCounters, Rates, RedisCounters
from service.access.site import Site
from service.api import metrics
from service.api.access import gate as gates
from service.api.access.gate import Gate
from service.api.access.limiting import Limiter
from service.api.access.recording import Recording
from service.api.access.rules import Routes
from service.api.datasets import uploads
from service.api.http import context, problems, streams
from service.api.http.compression import Compression
from service.api.http.fast_path import FastPath
from service.api.http.json_provider import OrjsonProvider
from service.api.http.middleware import Middleware
from service.api.http.smorest import Api
from service.api.predict.fast_path import PredictAnswerer
from service.api.routes import DOCUMENTED, PAGES, TAGS
from service.api.v2 import statistics as v2_statistics
from service.api.v2.fast_path import InferAnswerer
from service.config import Config, ConfigError
from service.dashboard import page
from service.domain.key_limits import read_rate
from service.domain.release import VERSION
from service.engine.executors import choice
from service.errors import FeedforwardError
from service.limits import limits_of
from service.operations.backend import Backend
from service.operations.monitoring.answer_log import AnswerLog
from service.process.front.served import BodyLimits, Served
from service.queues.open import open_dispatcher
from service.storage.sql.open import open_storage

#: Where the application has its auditor.
AUDITOR = "feedforward.auditor"
ABOUT = "Train and serve neural networks from any language over plain HTTP: JSON in, JSON out, RFC 9457 problems."


def create_app(
    config: Config | None = None, *, backend: Backend | None = None, site: Site | None = None, log_answers: bool = False
) -> Flask:
    """Build the WSGI application on a backend, or on what the configuration, or else the environment, asks for."""
    if backend is None:
        config = config or Config.from_environment()
        backend, site = build_backend(config), build_site(config)
        log_answers = config.access_log
    if config is not None:
        choice.choose(config.executor)
        choice.prepare()
    app = Flask("service", static_folder=None)
    app.json = OrjsonProvider(app)
    app.config.update(
        MAX_CONTENT_LENGTH=backend.limits.max_body_bytes,
        API_TITLE="Feedforward",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
            "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        },
    )
    context.install(app, backend)
    counted = metrics.install(app, backend, os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    streams.install(app, backend, counted.open_streams)
    uploads.install(app, backend)
    statistics = app.extensions[v2_statistics.KEY] = counted.add(v2_statistics.InferenceStatistics)
    backend.answer_log.count = counted.count_answers
    fast_path = FastPath(app.wsgi_app, backend, counted.predictions.inc, (PredictAnswerer(), InferAnswerer(statistics)))
    routes = Routes(app.url_map)
    rates = build_rates(config)
    failures = Failures(rates, read_rate(backend.limits.failed_keys))
    gate = gates.install(app, Gate(site or Site(), Keyring(backend.storage), failures, routes))
    limiter = Limiter(rates, backend.limits.keys, routes)
    auditor = app.extensions[AUDITOR] = Auditor(backend.storage)
    recording = Recording(app, auditor, routes, gate.known)
    app.wsgi_app = Middleware(  # type: ignore[method-assign]  # Flask means it to be wrapped
        Compression(fast_path), counted.count, gate, limiter, recording.record, log_answers=log_answers
    )
    problems.limit_hints(app)
    app.register_error_handler(FeedforwardError, problems.from_error)
    api = Api(app)
    for documented in DOCUMENTED:
        api.register_blueprint(documented)
    for undocumented in (page.blp, *PAGES):
        app.register_blueprint(undocumented)
    return app


def serve_app(config: Config) -> Served:
    """The application for the server's front, which receives the bodies."""
    app = create_app(config)
    auditor: Auditor = app.extensions[AUDITOR]
    auditor.start()
    answer_log: AnswerLog = app.extensions[context.KEY].answer_log
    answer_log.start()
    middleware: Middleware = app.wsgi_app  # type: ignore[assignment]  # what create_app has put there
    gate: Gate = app.extensions[gates.KEY]

    def body_limits(method: str, path: str) -> BodyLimits:
        if uploads.is_upload(method, gate.site.path_below(path)):
            return BodyLimits(config.max_upload_bytes + uploads.FORM_BYTES, config.upload_seconds or None)
        return BodyLimits(config.max_body_bytes, config.body_seconds)

    def end() -> None:
        app.extensions[streams.KEY].shut_down()
        auditor.stop()
        answer_log.stop()

    return Served(
        wsgi=middleware,
        reject=middleware.reject,
        body_limits=body_limits,
        admit=middleware.admit,
        at_stop=end,
    )


def build_site(config: Config) -> Site:
    identities = None
    if config.identity_header and config.identity_file:
        identities = read_identities(
            config.identity_file, config.identity_header, config.identity_groups_header or None
        )
    return Site(
        listens_on=config.host,
        allowed_hosts=config.allowed_hosts,
        cors_origins=config.cors_origins,
        proxies=Proxies(
            networks=config.trusted_proxies, secret_headers=identities.headers if identities is not None else ()
        ),
        identities=identities,
        base_path=config.base_path,
    )


def build_rates(config: Config | None) -> Rates:
    """Counted by Redis for all processes, where one is configured."""
    if config is None or config.embedded_queue:
        return Rates(MemoryCounters(), share=config.web_workers if config else 1)
    return Rates(RedisCounters(config.queue_url.removeprefix("celery+")))


def build_backend(config: Config) -> Backend:
    if config.embedded_database or config.embedded_queue:
        make_folder(config.data_dir)
    storage, dispatcher = open_storage(config.database_url), open_dispatcher(config.queue_url)
    return Backend(storage, dispatcher, limits_of(config), scratch=config.data_dir / "uploads")


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"FEEDFORWARD_DATA_DIR: {folder} cannot be created: {error.strerror}") from None
