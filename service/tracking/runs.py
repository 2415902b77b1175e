"""A training job as a run of MLflow, in its words: status, parameters, tags, metrics."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from service.domain.epochs import Epoch
from service.domain.jobs import Job
from service.domain.status import Status

STATUSES: Mapping[Status, str] = MappingProxyType(
    {
        Status.QUEUED: "SCHEDULED",
        Status.PAUSED: "SCHEDULED",
        Status.RUNNING: "RUNNING",
        Status.PAUSING: "RUNNING",
        Status.CANCELLING: "RUNNING",
        Status.SUCCEEDED: "FINISHED",
        Status.FAILED: "FAILED",
        Status.CANCELLED: "KILLED",
    }
)
#: The tag by which the run of a job is found again.
JOB_TAG = "feedforward.job"
#: What a tracking server takes.
MAX_KEY, MAX_PARAM, MAX_TAG = 250, 6000, 5000
#: Names of options, as opposed to words of the user's, which may have any characters.
OPTION = re.compile(r"[a-z][a-z0-9_]*")
#: The numbers that every epoch has.
NUMBERS = ("loss", "val_loss", "learning_rate", "gradient_norm", "seconds")


def run_name(job: Job) -> str:
    """Its title, else the network and the job's last characters, as charts name it."""
    return job.title or f"{job.network_name} {job.id[-6:]}"


def params_of(job: Job) -> dict[str, str]:
    """Its options by dotted name, those that are set."""
    found = _flat({**job.options.get("training", {}), **_without_training(job.options), "rows": job.rows})
    return {key[:MAX_KEY]: cut(text, MAX_PARAM) for key, text in found}


def tags_of(job: Job) -> dict[str, str]:
    error = {} if job.error is None else {"feedforward.error": f"{job.error.code}: {job.error.message}"}
    user = {} if job.created_by is None else {"mlflow.user": job.created_by}
    note = {} if job.note is None else {"mlflow.note.content": job.note}
    tags = {
        **(job.tags or {}),
        "mlflow.runName": run_name(job),
        "mlflow.source.name": "feedforward",
        "mlflow.source.type": "JOB",
        JOB_TAG: job.id,
        "feedforward.network": job.network_name,
        "feedforward.status": str(job.status),
        **user,
        **error,
        **note,
    }
    return {key: cut(text, MAX_TAG) for key, text in tags.items()}


def metrics_of(epoch: Epoch) -> dict[str, float]:
    """Its numbers by name, those that it has."""
    own = {name: getattr(epoch, name) for name in NUMBERS}
    return {name: value for name, value in {**own, **epoch.metrics}.items() if value is not None}


def pairs_of(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Parameters or tags as JSON of MLflow has them."""
    return [{"key": key, "value": value} for key, value in values.items()]


def written_number(value: float) -> float | str:
    """As JSON of MLflow has it, which writes what is not finite as a word."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def began_at(job: Job) -> float:
    return job.created_at if job.started_at is None else job.started_at


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _without_training(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != "training"}


def _flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in options.items():
        if isinstance(value, Mapping) and value and all(OPTION.fullmatch(key) for key in value):
            yield from _flat(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", value if isinstance(value, str) else _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=dict)
