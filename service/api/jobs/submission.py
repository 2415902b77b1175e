"""How a view that submits a job answers: 202 at once, or 200 if the job ends within the wait that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.api.http.idempotency import idempotent
from service.api.http.smorest import IGNORED, LOCATION, Blueprint, Decorator, View
from service.api.jobs.callback_docs import CALLBACKS
from service.api.jobs.jobs import JobSchema
from service.api.jobs.waiting import waiting


def submits_job(blp: Blueprint) -> Decorator:
    """Decorate a view below its route and arguments; it returns the job's progress, 202 and its Location."""
    headers = {**LOCATION, **IGNORED}
    ended = "The job ended within the requested wait"
    decorators: list[Callable[[Any], Any]] = [
        blp.doc(callbacks=CALLBACKS),
        blp.problems(400, 404, 409, 413, 415, 429),
        blp.alt_response(200, schema=JobSchema, description=ended, headers=headers, success=True),
        blp.response(202, JobSchema, headers=headers),
        idempotent,
        waiting,
    ]

    def decorate(view: View, /) -> View:
        for decorator in decorators:
            view = decorator(view)
        return view

    return decorate
