"""Where a training is reported to, read from a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.domain.networks import Network
from service.domain.reports import NewReport
from service.operations.limits import Limits
from service.operations.request_reader import RequestReader
from service.operations.training.callbacks import read_url
from service.operations.validation import invalid
from service.schema.rules import Reference, unknown
from service.tracking.servers import read_base

REPORT = "report"
FIELDS = ("mlflow", "experiment")
MAX_EXPERIMENT = 200
#: Between the name of a search and the number of a trial, in names of networks.
OF_TRIALS = ":"
PRIVATE = "unless the operator lists the server in FEEDFORWARD_MLFLOW_SERVERS"


def read_report(value: Any, limits: Limits) -> NewReport:
    """Without an experiment where the request does not name one. Raises Invalid."""
    if not isinstance(value, Mapping):
        raise invalid((), 'must be an object, such as {"mlflow": "lab", "experiment": "penguins"}')
    parts = RequestReader()
    for name in value:
        if name not in FIELDS:
            parts.reject(str(name)[:100], f"is not known; known are {', '.join(FIELDS)}")
    if value.get("mlflow") is None:
        parts.reject("mlflow", "is required: the name of a server, or its URL")
    server = parts.read_field(value, "mlflow", lambda given: _read_server(given, limits))
    experiment = parts.read_field(value, "experiment", Reference(MAX_EXPERIMENT).read)
    parts.finish()
    return NewReport(server=server, experiment=experiment or "")


def report_for(network: Network, report: NewReport | None) -> NewReport | None:
    """An experiment that the request does not name is called by the network; that of trials by their search."""
    if report is None or report.experiment:
        return report
    return replace(report, experiment=network.name.partition(OF_TRIALS)[0])


def kept_report(options: Mapping[str, Any]) -> NewReport | None:
    """The report that options of a job ask for."""
    kept = options.get(REPORT)
    return None if kept is None else NewReport(server=kept["mlflow"], experiment=kept["experiment"])


def report_option(report: NewReport | None) -> dict[str, str] | None:
    """As options of a job keep it."""
    return None if report is None else {"mlflow": report.server, "experiment": report.experiment}


def _read_server(value: Any, limits: Limits) -> str:
    if isinstance(value, str) and "://" not in value:
        if value in limits.mlflow_servers:
            return value
        raise invalid((), f"{unknown(value, limits.mlflow_servers, 'server')}; a URL will do as well")
    url = read_url(value, private=PRIVATE)
    try:
        read_base(url)
    except ValueError as error:
        raise invalid((), str(error)) from None
    return url
