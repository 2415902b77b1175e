"""The loss history over HTTP: paged JSON, complete CSV or NDJSON, or a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from flask import Response

from service.api.history.picture import picture
from service.api.history.query import (
    ACCEPTED,
    FORMATS,
    MAX_COMPARED,
    PAGE,
    CompareQuery,
    EpochSchema,
    PageQuery,
    SeriesSchema,
)
from service.api.history.rows import FIELDS, csv_text, ndjson, row
from service.api.http.context import backend
from service.api.http.formats import chosen
from service.api.http.json_provider import json_response
from service.api.http.pages import envelope, list_of
from service.api.http.smorest import Blueprint
from service.domain.jobs import Job
from service.operations.jobs import comparison, history
from service.operations.jobs.history import Selection, Source

blp = Blueprint("history", __name__)

#: The chart carries its own styles and loads nothing.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

COMPARED_POINTS, PICTURE_POINTS = 1000, 800

EpochList = list_of(EpochSchema)
others = blp.other_formats(*(media_type for name, media_type in FORMATS.items() if name != "json"))


@blp.route("/jobs/<job>/history", operation_id="getJobHistory")
@others
@blp.arguments(PageQuery, location="query")
@blp.response(200, EpochList)
@blp.problems(404, 406)
def of_job(query: dict[str, Any], job: str) -> Any:
    """Get the loss history of a job"""
    return answer(history.of_job(backend(), job), query)


@blp.route("/networks/<network>/history", operation_id="getNetworkHistory")
@others
@blp.arguments(PageQuery, location="query")
@blp.response(200, EpochList)
@blp.problems(404, 406)
def of_network(query: dict[str, Any], network: str) -> Any:
    """Get the loss history of a network: all its jobs, one after another"""
    return answer(history.of_network(backend(), network), query)


@blp.route("/history", operation_id="compareJobs")
@others
@blp.arguments(CompareQuery, location="query")
@blp.response(200, list_of(SeriesSchema))
@blp.problems(404, 406)
def compare(query: dict[str, Any]) -> Any:
    """Compare jobs: their histories, and the options that differ"""
    jobs = [backend().storage.get_job(job_id) for job_id in query["jobs"]]
    how = chosen(ACCEPTED, query.get("format"))
    if how == "svg":
        return drawn(jobs, query)
    if how != "json":
        return written(how, Source(job_ids=query["jobs"]), query)
    points = query.get("max_points") or COMPARED_POINTS
    found = comparison.compare(backend(), jobs, selection_of(query), max_points=points)
    listed = envelope(found, {"limit": len(found)}, id_of=lambda series: series.job.id)
    return json_response({**listed, "data": [series_json(series, query["fields_"]) for series in found]})


def answer(source: Source, query: Mapping[str, Any]) -> Response:
    how = chosen(ACCEPTED, query.get("format"))
    if how == "svg":
        return drawn(list(islice(history.jobs_of(backend(), source), MAX_COMPARED))[::-1], query)
    return paged(source, query) if how == "json" else written(how, source, query)


def paged(source: Source, query: Mapping[str, Any]) -> Response:
    limit = query.get("limit", PAGE)
    found = history.read_page(backend(), source, selection_of(query), after=query.get("after"), limit=limit + 1)
    listed = envelope(found, {"limit": limit}, id_of=lambda epoch: f"{epoch.job_id}:{epoch.epoch}")
    return json_response({**listed, "data": [row(epoch, query["fields_"]) for epoch in listed["data"]]})


def written(how: str, source: Source, query: Mapping[str, Any]) -> Response:
    """Stream all rows, or `limit` of them, so that neither side holds them all in memory."""
    found = history.read_all(backend(), source, selection_of(query), after=query.get("after"))
    epochs, names = islice(found, query.get("limit")), query["fields_"]
    if how == "ndjson":
        return Response(ndjson(epochs, names), mimetype=FORMATS[how])
    return Response(csv_text(epochs, names, metrics_of(source)), mimetype=FORMATS[how])


def drawn(jobs: Sequence[Job], query: Mapping[str, Any]) -> Response:
    points = query.get("max_points") or PICTURE_POINTS
    found = comparison.compare(backend(), jobs, selection_of(query), max_points=points)
    series = [comparison.with_best(backend(), one) for one in found]
    picture_text = picture(series, query["value"], logarithmic=query["scale"] == "log")
    return Response(picture_text, mimetype=FORMATS["svg"], headers={"Content-Security-Policy": PICTURE_POLICY})


def metrics_of(source: Source) -> list[str]:
    """The metrics of all jobs of a source, each once."""
    names = [name for job in history.jobs_of(backend(), source) for name in history.numbers_of(job)]
    return [name for name in dict.fromkeys(names) if name not in FIELDS]


def selection_of(query: Mapping[str, Any]) -> Selection:
    names = ("from_epoch", "to_epoch", "every", "max_points")
    return Selection(**{name: query[name] for name in names if name in query})


def series_json(series: comparison.Series, names: Sequence[str]) -> dict[str, Any]:
    job = series.job
    return {
        "job": job.id,
        "network": job.network_name,
        "name": series.name,
        "status": job.status,
        "differs": series.differs,
        "best_epoch": job.best_epoch,
        "epochs": [row(epoch, names) for epoch in series.epochs],
    }
