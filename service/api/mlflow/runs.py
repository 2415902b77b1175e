"""Training jobs as runs, by MLflow's REST API."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.http.context import backend
from service.api.http.foreign import ForeignBlueprint
from service.api.http.json_provider import json_response
from service.api.mlflow.arguments import (
    DELETED,
    given_number,
    given_text,
    given_texts,
    read_fields,
    required_argument,
    token_argument,
    understood,
    view_type,
    whole_number,
)
from service.api.mlflow.experiments import PREFIX
from service.api.mlflow.pages import page
from service.operations.tracking.experiments import known_ids
from service.operations.tracking.metrics import Point, metric_history
from service.operations.tracking.runs import Run, find_run, search_runs, training_job
from service.tracking.filters import read_filter
from service.tracking.order import MAX_KEYS, read_order
from service.tracking.runs import pairs_of, written_number

blp = ForeignBlueprint("mlflow_runs", __name__)

#: Of one answer; clients go on by its token.
MAX_RUNS, MAX_POINTS, MAX_EXPERIMENTS = 1000, 5000, 100


@blp.serve(f"{PREFIX}/runs/get", operation_id="getRun")
def show() -> Response:
    return json_response({"run": written(find_run(backend(), required_argument("run_id", "run_uuid")))})


@blp.serve(f"{PREFIX}/runs/search", operation_id="searchRuns", method="POST")
def search() -> Response:
    body = read_fields()
    limit, token = given_number(body, "max_results", MAX_RUNS), given_text(body, "page_token")
    wanted = understood("filter", lambda: read_filter(given_text(body, "filter") or ""))
    orders = understood("order_by", lambda: read_order(given_texts(body, "order_by", MAX_KEYS)))
    networks = known_ids(backend(), given_texts(body, "experiment_ids", MAX_EXPERIMENTS))
    if view_type(body, "run_view_type") == DELETED:
        return page("runs", [], None)
    found = search_runs(backend(), networks, wanted, orders, limit=limit, token=token)
    return page("runs", [written(run) for run in found.runs], found.next)


@blp.serve(f"{PREFIX}/metrics/get-history", operation_id="getMetricHistory")
def history() -> Response:
    job, key = training_job(backend(), required_argument("run_id", "run_uuid")), required_argument("metric_key")
    limit = whole_number("max_results", MAX_POINTS)
    found = metric_history(backend(), job, key, limit=limit, token=token_argument())
    return page("metrics", [point(one) for one in found.points], found.next)


def written(run: Run) -> dict[str, Any]:
    ended = {} if run.end_time is None else {"end_time": run.end_time}
    info = {
        "run_id": run.job.id,
        "run_uuid": run.job.id,
        "run_name": run.values["attributes"]["run_name"],
        "experiment_id": run.job.network_id,
        "user_id": run.job.created_by or "",
        "status": run.status,
        "start_time": run.start_time,
        **ended,
        "artifact_uri": f"feedforward:/jobs/{run.job.id}",
        "lifecycle_stage": "active",
    }
    data = {
        "metrics": [point(one) for one in run.metrics.values()],
        "params": pairs_of(run.values["params"]),
        "tags": pairs_of(run.values["tags"]),
    }
    return {"info": info, "data": data}


def point(one: Point) -> dict[str, Any]:
    return {"key": one.key, "value": written_number(one.value), "timestamp": one.timestamp, "step": one.step}
