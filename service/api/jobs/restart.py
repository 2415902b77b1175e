"""`POST /jobs/{job}/restart`: the same training again, from the first weights."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from service.api.http.access_log import traceparent
from service.api.http.context import backend
from service.api.http.fields import Plain, Strict
from service.api.http.smorest import Blueprint
from service.api.jobs.pace_docs import EPOCHS_PER_SECOND, PAUSE_AT, RESTART_OPTIONS
from service.api.jobs.submission import submits_job
from service.operations.training.restart import restart_job

blp = Blueprint("restart", __name__, tag="training")


class RestartBody(Strict):
    is_optional = True

    options = Plain(RESTART_OPTIONS, allow_none=True)
    pause_at = Plain(PAUSE_AT, allow_none=True)
    epochs_per_second = Plain(EPOCHS_PER_SECOND, allow_none=True)


@blp.route("/jobs/<job>/restart", methods=["POST"], operation_id="restartJob")
@blp.arguments(RestartBody, required=False)
@submits_job(blp)
def restart(body: dict[str, Any], job: str) -> Any:
    """Start a training again from its network's initial weights

    A new job with the rows, options and pace of this one, apart from what the body changes; this one stays as it is.
    `restart_of` of the new job is the first of them, under which lists can fold it. A callback is not called again.
    """
    progress = restart_job(backend(), job, body, traceparent=traceparent(request.environ))
    return progress, 202, {"Location": url_for("jobs.show", job=progress.job.id)}
