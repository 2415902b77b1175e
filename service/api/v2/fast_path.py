"""Answers `infer`; see `service.api.http.fast_path`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.api.http.fast_path import Answer, peek_body
from service.api.v2.inference import Received, infer
from service.api.v2.statistics import InferenceStatistics
from service.operations.backend import Backend
from service.operations.inference.served import find_served

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BEGIN, END = "/v2/models/", "/infer"
OF_MODEL, OF_VERSION = f"{BEGIN}<model>{END}", f"{BEGIN}<model>/versions/<version>{END}"


class InferAnswerer:
    def __init__(self, statistics: InferenceStatistics) -> None:
        self._statistics = statistics

    def route(self, environ: WSGIEnvironment) -> str | None:
        path = environ["PATH_INFO"]
        if not (path.startswith(BEGIN) and path.endswith(END) and environ["REQUEST_METHOD"] == "POST"):
            return None
        return OF_VERSION if path.count("/") > OF_MODEL.count("/") else OF_MODEL

    def answer(self, backend: Backend, environ: WSGIEnvironment) -> Answer:
        model = find_served(backend, *_reference(environ["PATH_INFO"]))
        received = Received(
            peek_body(environ, backend.limits.max_body_bytes),
            environ.get("HTTP_CONTENT_ENCODING"),
            environ.get("HTTP_INFERENCE_HEADER_CONTENT_LENGTH"),
        )
        return infer(backend, model, received, self._statistics)


def _reference(path: str) -> tuple[str, str | None]:
    """Model and version. Raises ValueError for what is no name, and for another path."""
    match path.removeprefix(BEGIN).removesuffix(END).split("/"):
        case [model] if model.isascii():
            return model, None
        case [model, "versions", version] if model.isascii() and version.isascii():
            return model, version
    raise ValueError
