"""The settings of a network's log of answers, as a request gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.domain.callbacks import NewCallback
from service.domain.monitoring import NewWatch, Watch
from service.domain.types import Json
from service.monitoring.settings import AnswerLogRequest, AnswerLogSpec, DriftWatchRequest
from service.operations.limits import Limits
from service.operations.request_reader import RequestReader
from service.operations.training.callbacks import read_callback
from service.schema.fields import spec_fields

SECRET = "callback_secret"


@dataclass(frozen=True)
class LogSettings:
    written: Json  #: with all defaults, without a secret
    watch: NewWatch | None


def read_answer_log(value: Any, limits: Limits, current: Watch | None) -> LogSettings:
    """Raises ValidationError, and Invalid for a callback. `current` is the watch that the network has."""
    request = AnswerLogRequest.from_json(value)
    return LogSettings(_written(request), _read_watch(request.watch, limits, current))


def _written(request: AnswerLogRequest) -> Json:
    written = {item.name: request.to_json()[item.name] for item in spec_fields(AnswerLogSpec)}
    watch = written["watch"]
    if watch is not None:
        written["watch"] = {name: value for name, value in watch.items() if name != SECRET}
    return written


def _read_watch(asked: DriftWatchRequest | None, limits: Limits, current: Watch | None) -> NewWatch | None:
    if asked is None:
        return None
    secret = asked.callback_secret or _kept(asked, current)
    given = {"callback": asked.callback, SECRET: secret}
    parts = RequestReader()
    callback: NewCallback | None = parts.read(("watch",), lambda: read_callback(given, limits))
    parts.finish()
    return NewWatch(every_seconds=asked.every, callback=callback)


def _kept(asked: DriftWatchRequest, current: Watch | None) -> str | None:
    """The secret that the same URL has had: nobody can read it to send it again."""
    told = None if current is None else current.callback
    return told.secret if told is not None and told.url == asked.callback else None
