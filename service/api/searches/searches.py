"""Searches over HTTP: the best network and training for a table."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from service.api.http.context import backend
from service.api.http.idempotency import idempotent
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import IGNORED, LOCATION, Blueprint
from service.api.searches.bodies import DeletionQuery, PublishBody, SearchBody, TrialsBody
from service.api.searches.search_schemas import ImportancesSchema, PublishedSchema, SearchSchema, TrialSchema
from service.domain.status import RequestedState
from service.operations.searches import searches
from service.operations.searches.importances import search_importances
from service.operations.searches.publish import publish as publish_trial

blp = Blueprint("searches", __name__)


@blp.route("/searches", methods=["POST"], operation_id="createSearch")
@blp.arguments(SearchBody)
@idempotent
@blp.response(201, SearchSchema, headers={**LOCATION, **IGNORED})
@blp.problems(400, 404, 409, 413, 415, 501)
def create(body: dict[str, Any]) -> Any:
    """Search for the best network and training

    Each trial is a job of a network of its own, with other values of the parameters. The corners of the space are tried
    through all that `POST /networks` and `POST /train` check, before anything starts. Trials never change what anybody
    predicts from. Killed at any moment, a search goes on to the same parameters and weights.
    """
    made = searches.create_search(backend(), body)
    return made, 201, {"Location": url_for("searches.show", search=made.search.id)}


@blp.route("/searches", operation_id="listSearches")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(SearchSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List searches, newest first"""
    found = searches.list_searches(backend(), page(query))
    return envelope(found, query, id_of=lambda view: view.search.id)


@blp.route("/searches/<search>", operation_id="getSearch")
@blp.response(200, SearchSchema)
@blp.problems(404)
def show(search: str) -> Any:
    """Get a search by id or name: its trials by status, the best one, and what it has spent"""
    return searches.get_search(backend(), search)


@blp.route("/searches/<search>/trials", operation_id="listTrials")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(TrialSchema))
@blp.problems(404)
def trials(query: dict[str, Any], search: str) -> Any:
    """List the trials of a search, in order"""
    found = searches.list_trials(backend(), search, page(query))
    return envelope(found, query, id_of=lambda view: str(view.trial.number))


@blp.route("/searches/<search>/importances", operation_id="getImportances")
@blp.response(200, ImportancesSchema)
@blp.problems(404, 501)
def importances(search: str) -> Any:
    """Get how much each parameter decided which trials are among the best

    By PED-ANOVA, of all trials that came to a rung or an end. The service needs Optuna for it.
    """
    return search_importances(backend(), search)


@blp.route("/searches/<search>/trials", methods=["POST"], operation_id="addTrials")
@blp.arguments(TrialsBody)
@idempotent
@blp.response(200, SearchSchema)
@blp.problems(400, 404, 409, 413, 415)
def add_trials(body: dict[str, Any], search: str) -> Any:
    """Add trials to a search, also after its end

    Points are trained whatever the limits say; a `count` of further trials keeps to them. A search that had ended goes
    on, with the rights of the caller.
    """
    return searches.add_trials(backend(), search, body)


@blp.route("/searches/<search>/cancel", methods=["POST"], operation_id="cancelSearch")
@blp.response(200, SearchSchema)
@blp.problems(404, 409)
def cancel(search: str) -> Any:
    """Cancel a search and its trials"""
    return searches.request_state(backend(), search, RequestedState.CANCEL)


@blp.route("/searches/<search>/pause", methods=["POST"], operation_id="pauseSearch")
@blp.response(200, SearchSchema)
@blp.problems(404, 409)
def pause(search: str) -> Any:
    """Pause a search and its trials"""
    return searches.request_state(backend(), search, RequestedState.PAUSE)


@blp.route("/searches/<search>/resume", methods=["POST"], operation_id="resumeSearch")
@blp.response(200, SearchSchema)
@blp.problems(404, 409)
def resume(search: str) -> Any:
    """Resume a paused search

    It ends with the same trials as one that was never paused.
    """
    return searches.request_state(backend(), search, RequestedState.RUN)


@blp.route("/searches/<search>/publish", methods=["POST"], operation_id="publishTrial")
@blp.arguments(PublishBody)
@idempotent
@blp.response(201, PublishedSchema, headers=LOCATION)
@blp.problems(400, 404, 409, 413, 415)
def publish(body: dict[str, Any], search: str) -> Any:
    """Make the best trial live, or another one

    Its network gets a name of its own and is no longer the search's; its best weights become a version, and an alias
    points there. Folds and repeats leave no weights: then the answer has a `job` that trains the network once, on
    all rows where it had folds, and the same request publishes its weights once it has succeeded.
    """
    made = publish_trial(backend(), search, body)
    if made.version is None:
        place = url_for("jobs.show", job=made.job)
    else:
        place = url_for("versions.show", network=made.network.id, version=made.version.number)
    return made, 201, {"Location": place}


@blp.route("/searches/<search>", methods=["DELETE"], operation_id="deleteSearch")
@blp.arguments(DeletionQuery, location="query")
@blp.response(204)
@blp.problems(404, 409)
def delete(query: dict[str, Any], search: str) -> Any:
    """Delete a search with its trials, their jobs and networks

    Networks that were given a name stay. Answers 409 while the search has not ended.
    """
    searches.delete_search(backend(), search, keep_jobs=query["keep_jobs"])
    return Response(status=204)
