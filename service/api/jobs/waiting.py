"""`Prefer: wait=10` (RFC 7240): wait for the job to end before answering."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

from flask import Response, request

from service.api.http.context import WAITED, backend
from service.api.http.json_provider import json_response
from service.api.http.smorest import header
from service.api.http.streams import streams
from service.api.jobs.jobs import JobSchema
from service.domain.status import ENDED
from service.operations.jobs.jobs import wait_for_end

WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)

PARAMETER = {
    "name": "Prefer",
    "required": False,
    "description": "`wait=10`: answer 200 with the ended job if it ends within 10 seconds, otherwise 202.",
    "schema": {"type": "string"},
}


def waiting(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a view that answers 202 with the Location of a job, above `idempotent`: no transaction may wait."""

    @header(PARAMETER)
    @wraps(view)
    def patient(*args: Any, **kwargs: Any) -> Response:
        response = view(*args, **kwargs)
        seconds = requested_seconds()
        # The wait is a preference: when no thread is free for it, answer immediately.
        if seconds is None or response.status_code != 202 or not streams().try_open():
            return response
        began = monotonic()
        try:
            return _ended(response, min(seconds, backend().limits.max_wait_seconds))
        finally:
            request.environ[WAITED] = monotonic() - began
            streams().close()

    return patient


def requested_seconds() -> int | None:
    found = WAIT.search(request.headers.get("Prefer", ""))
    return int(found[1]) if found else None


def _ended(accepted: Response, seconds: int) -> Response:
    job_id = (accepted.location or "").rpartition("/")[2]
    progress = wait_for_end(backend(), job_id, seconds, streams().closing)
    response = json_response(JobSchema().dump(progress), 200 if progress.job.status in ENDED else 202)
    response.headers["Location"] = accepted.location
    response.headers["Preference-Applied"] = f"wait={seconds}"
    return response
