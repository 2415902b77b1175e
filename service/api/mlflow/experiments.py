"""Networks as experiments, by MLflow's REST API."""

from __future__ import annotations

import re
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
    view_type,
)
from service.api.mlflow.pages import page
from service.domain.networks import Network
from service.operations.tracking.experiments import find_experiment, list_experiments, named_experiments
from service.operations.validation import invalid
from service.tracking.runs import MAX_TAG, cut, milliseconds, pairs_of

blp = ForeignBlueprint("mlflow_experiments", __name__)

PREFIX = "/api/2.0/mlflow"
MAX_EXPERIMENTS = 1000
#: The filter of a search that is supported.
BY_NAME = re.compile(r"""\s*(?:attributes?\.|attr\.)?name\s*==?\s*(?:'([^']*)'|"([^"]*)")\s*""")
NEWEST_FIRST = re.compile(r"\s*(?:attributes?\.|attr\.)?(?:creation_time|last_update_time)\s+DESC\s*", re.IGNORECASE)


@blp.serve(f"{PREFIX}/experiments/get", operation_id="getExperiment")
def show() -> Response:
    return json_response({"experiment": written(find_experiment(backend(), required_argument("experiment_id")))})


@blp.serve(f"{PREFIX}/experiments/get-by-name", operation_id="getExperimentByName")
def show_by_name() -> Response:
    return json_response({"experiment": written(find_experiment(backend(), required_argument("experiment_name")))})


@blp.serve(f"{PREFIX}/experiments/search", operation_id="searchExperiments", method="POST")
def search() -> Response:
    body = read_fields()
    limit, token = given_number(body, "max_results", MAX_EXPERIMENTS), given_text(body, "page_token")
    name = _name_in(given_text(body, "filter"))
    for order in given_texts(body, "order_by", 1):
        if not NEWEST_FIRST.fullmatch(order):
            raise invalid("order_by", f"must be creation_time DESC or left out, got {order[:60]}")
    if view_type(body, "view_type") == DELETED:
        return page("experiments", [], None)
    found = named_experiments(backend(), name) if name else list_experiments(backend(), limit=limit, after=token)
    return page("experiments", [written(network) for network in found.networks], found.next)


def written(network: Network) -> dict[str, Any]:
    note = {"mlflow.note.content": network.description} if network.description else {}
    tags = {key: cut(value, MAX_TAG) for key, value in {**network.tags, **note}.items()}
    return {
        "experiment_id": network.id,
        "name": network.name,
        "artifact_location": f"feedforward:/networks/{network.id}",
        "lifecycle_stage": "active",
        "creation_time": milliseconds(network.created_at),
        "last_update_time": milliseconds(network.updated_at),
        "tags": pairs_of(tags),
    }


def _name_in(filter_text: str | None) -> str | None:
    if filter_text is None or not filter_text.strip():
        return None
    match = BY_NAME.fullmatch(filter_text)
    if match is None:
        raise invalid("filter", f"must be name = '…' or left out, got {filter_text[:60]}")
    return match[1] or match[2] or ""
