"""A tracking server of MLflow, asked over its REST API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from service.callbacks.exchange import Reply
from service.callbacks.target import Target
from service.tracking.runs import JOB_TAG, pairs_of

#: What one request may hold.
MAX_METRICS, MAX_PARAMS = 1000, 100
MAX_WORDS = 300
#: Where a server takes files itself: below this path, by the path of the run.
PROXIED = re.compile(r"mlflow-artifacts:(?://[^/]*)?/(?P<path>.+)|https?://.+?/mlflow-artifacts/artifacts/(?P<rest>.+)")
ABSENT, TAKEN = "RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS"
FOREIGN = "The answer is not that of a tracking server."

#: Sends a method, a target, headers and a body.
Exchange = Callable[[str, Target, Mapping[str, str], bytes], Reply]


class TrackingError(Exception):
    """The server did not do what it was asked. The message is a sentence."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Metric(NamedTuple):
    key: str
    value: float | str
    timestamp: int
    step: int


class Run(NamedTuple):
    id: str
    artifact_uri: str


class TrackingServer:
    """Every method raises TrackingError, and what the exchange raises."""

    def __init__(self, base: Target, token: str | None, exchange: Exchange) -> None:
        self._base, self._exchange = base, exchange
        self._headers = {"User-Agent": "Feedforward", **({"Authorization": f"Bearer {token}"} if token else {})}

    def experiment_id(self, name: str) -> str:
        """That of the experiment of this name, which is created where there is none."""
        try:
            return self._experiment(name)
        except TrackingError as error:
            if error.code != ABSENT:
                raise
        try:
            answer = self._post("experiments/create", {"name": name})
        except TrackingError as error:
            if error.code != TAKEN:
                raise
            return self._experiment(name)
        with _understood():
            return str(answer["experiment_id"])

    def find_run(self, experiment_id: str, job_id: str) -> Run | None:
        """The run that reports a job."""
        wanted = {"experiment_ids": [experiment_id], "filter": f"tags.`{JOB_TAG}` = '{job_id}'", "max_results": 1}
        answer = self._post("runs/search", wanted)
        with _understood():
            found = answer.get("runs") or []
            return _run(found[0]) if found else None

    def create_run(self, experiment_id: str, name: str, start_time: int, tags: Mapping[str, str]) -> Run:
        wanted = {"experiment_id": experiment_id, "run_name": name, "start_time": start_time, "tags": pairs_of(tags)}
        answer = self._post("runs/create", wanted)
        with _understood():
            return _run(answer["run"])

    def last_steps(self, run_id: str) -> dict[str, int]:
        """The newest step of each metric that the run has."""
        answer = self._ask("GET", f"runs/get?{urlencode({'run_id': run_id})}", b"")
        with _understood():
            metrics = answer["run"].get("data", {}).get("metrics", [])
            return {one["key"]: int(one.get("step", 0)) for one in metrics}

    def log_params(self, run_id: str, params: Mapping[str, str]) -> None:
        pairs = pairs_of(params)
        for start in range(0, len(pairs), MAX_PARAMS):
            self._post("runs/log-batch", {"run_id": run_id, "params": pairs[start : start + MAX_PARAMS]})

    def log_metrics(self, run_id: str, metrics: Iterable[Metric]) -> None:
        """At most MAX_METRICS."""
        self._post("runs/log-batch", {"run_id": run_id, "metrics": [metric._asdict() for metric in metrics]})

    def end_run(self, run_id: str, status: str, end_time: int, tags: Mapping[str, str]) -> None:
        self._post("runs/log-batch", {"run_id": run_id, "tags": pairs_of(tags)})
        self._post("runs/update", {"run_id": run_id, "status": status, "end_time": end_time})

    def upload(self, path: str, data: bytes) -> None:
        """A file, by the path that `artifact_path` gives with its own name behind."""
        target = self._at(f"/api/2.0/mlflow-artifacts/artifacts/{quote(path)}")
        _read(self._exchange("PUT", target, {**self._headers, "Content-Type": "application/octet-stream"}, data))

    def log_model(self, run_id: str, described: Mapping[str, Any]) -> None:
        self._post("runs/log-model", {"run_id": run_id, "model_json": json.dumps(described)})

    def _experiment(self, name: str) -> str:
        answer = self._ask("GET", f"experiments/get-by-name?{urlencode({'experiment_name': name})}", b"")
        with _understood():
            return str(answer["experiment"]["experiment_id"])

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, json.dumps(body).encode())

    def _ask(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        headers = {**self._headers, "Content-Type": "application/json"}
        answer = _read(self._exchange(method, self._at(f"/api/2.0/mlflow/{path}"), headers, body))
        if not isinstance(answer, dict):
            raise TrackingError(FOREIGN, "")
        return answer

    def _at(self, path: str) -> Target:
        return replace(self._base, path=f"{self._base.path.rstrip('/')}{path}")


def artifact_path(artifact_uri: str) -> str | None:
    """Where the server takes the files of a run; None: it keeps them elsewhere, and takes none."""
    match = PROXIED.fullmatch(artifact_uri)
    return None if match is None else match["path"] or match["rest"]


def _read(reply: Reply) -> Any:
    try:
        answer = json.loads(reply.body or b"{}")
    except ValueError:
        answer = None
    if 200 <= reply.status < 300:
        return answer
    error = answer if isinstance(answer, dict) else {}
    code, message = str(error.get("error_code") or ""), str(error.get("message") or "")
    words = " ".join(f"{code}: {message}".strip(": ").split())[:MAX_WORDS]
    raise TrackingError(f"The answer was {reply.status}{f' ({words})' if words else ''}.", code)


def _run(answer: Mapping[str, Any]) -> Run:
    info = answer["info"]
    return Run(str(info["run_id"]), str(info.get("artifact_uri") or ""))


@contextmanager
def _understood() -> Iterator[None]:
    """Around reading an answer: one of another form is not that of a tracking server."""
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise TrackingError(FOREIGN, "") from error
